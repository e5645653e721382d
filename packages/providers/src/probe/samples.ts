// What a probe asks about: symbols that everybody has, and how far back to reach. Pure.
import { type AssetClass, DAY_US, type Micros, nextSession, type Timeframe, venueOf } from '@onetape/market'
import type { Capability, TierAccess } from '../capability.ts'
import type { BarsRequest } from '../contract.ts'

const SAMPLES: Readonly<Record<AssetClass, readonly string[]>> = {
  equity: ['AAPL', 'MSFT'],
  crypto: ['BTC-USD', 'ETH-USD'],
  fx: ['EUR-USD'],
  index: ['SPX'],
  option: [],
}

/** A vendor that is asked symbol by symbol is asked for one. */
export function samplesOf(
  assetClass: AssetClass,
  { snapshots }: Capability,
  own?: readonly string[],
): readonly string[] {
  const all = own ?? SAMPLES[assetClass]
  return snapshots === 'single' ? all.slice(0, 1) : all
}

/** Depths worth telling apart, in days. */
const RUNGS_DAYS = [7300, 3650, 1825, 365, 30] as const
/** The first days of a plan's reach are gone before the answer is here. */
const MARGIN_DAYS = 2

/** Depths to try, deepest first; the deepest is as far as plan and vendor say that they reach. */
export function rungsOf(access: TierAccess, capability: Capability, timeframe: Timeframe): number[] {
  const reach = Math.min(
    access.historyDays ?? Number.POSITIVE_INFINITY,
    capability.barsDays?.[timeframe] ?? Number.POSITIVE_INFINITY,
  )
  const first = Number.isFinite(reach) ? reach - MARGIN_DAYS : RUNGS_DAYS[0]
  return [first, ...RUNGS_DAYS.filter((days) => days < first / 1.2)]
}

/** The coarsest series that still tells days apart. */
export const deepTimeframe = ({ bars }: Capability): Timeframe | null =>
  (['1d', '1h', '30m', '15m', '5m', '1m'] as const).find((timeframe) => bars.includes(timeframe)) ?? null

const WINDOW_DAYS = 14

/** A few bars, so many days back: two weeks of days, or the first hour and a half of a session. */
export function windowAt(
  days: number,
  {
    assetClass,
    symbol,
    timeframe,
    now,
  }: { assetClass: AssetClass; symbol: string; timeframe: Timeframe; now: Micros },
): BarsRequest {
  const ref = { assetClass, symbol }
  const at = now - days * DAY_US
  if (timeframe === '1d') return { ref, timeframe, from: at, to: Math.min(now, at + WINDOW_DAYS * DAY_US) }
  const from = nextSession(venueOf(assetClass), at).open
  return { ref, timeframe, from, to: from + DAY_US / 16 }
}
