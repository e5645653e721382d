// The market's clock in the browser. The browser's own may be wrong and, in demo, is not the one that counts:
// what health said, plus the time that passed here since.
import type { Micros } from '@onetape/market'
import { useQuery } from '@tanstack/react-query'
import { type HealthReport, healthQuery } from '../api/tape.ts'
import { useEverySecond, useNowMs } from '../ui/ticker.ts'

export const marketNow = (report: HealthReport, nowMs: number): Micros =>
  report.health.marketNow + (nowMs - report.receivedAtMs) * 1_000

/** Real time by the API's clock: what breakers, budgets and sign-ins go by. */
export const wallNow = (report: HealthReport, nowMs: number): Micros =>
  report.health.wallNow + (nowMs - report.receivedAtMs) * 1_000

/** Market time, every second; null until health was heard once. */
export function useMarketNow(): Micros | null {
  const report = useQuery(healthQuery).data
  const nowMs = useNowMs()
  return report ? marketNow(report, nowMs) : null
}

/** Something read off the market's clock every second; renders only when it reads differently. */
export function useAtMarketTime<T extends string | number | boolean | null>(
  read: (now: Micros) => T,
): T | null {
  const report = useQuery(healthQuery).data
  return useEverySecond((nowMs) => (report ? read(marketNow(report, nowMs)) : null))
}

/** Real time, every second; null until health was heard once. */
export function useWallNow(): Micros | null {
  const report = useQuery(healthQuery).data
  const nowMs = useNowMs()
  return report ? wallNow(report, nowMs) : null
}

/** Something read off the wall clock every second; renders only when it reads differently. */
export function useAtWallTime<T extends string | number | boolean | null>(
  read: (now: Micros) => T,
): T | null {
  const report = useQuery(healthQuery).data
  return useEverySecond((nowMs) => (report ? read(wallNow(report, nowMs)) : null))
}
