// The cadence that the tiers had over some hours of market time, put together from the hours. Pure.
import type { CadenceHour } from '@onetape/db'
import type { AssetClass, Micros } from '@onetape/market'

export interface Cadence {
  tier: string
  assetClass: AssetClass
  /** As of the newest hour. */
  frequencyS: number
  /** Slots that it should have had: served and missed. */
  due: number
  served: number
  /** Of those served: some instruments found no answer. */
  partial: number
  missed: number
  /** Between the beginnings of two sweeps: the median of the hours' medians, and the longest. */
  intervalMedianMs: number | null
  intervalMaxMs: number | null
  /** From the beginning of a slot until its rows were on the tape. */
  lateMedianMs: number | null
  lateMaxMs: number | null
  lastHourAt: Micros
}

/** @param hours oldest first. @returns in the order in which the tiers first come. */
export function cadenceOf(hours: readonly CadenceHour[]): Cadence[] {
  const groups = Map.groupBy(hours, (h) => `${h.tier} ${h.assetClass}`)
  return [...groups.values()].map((group) => {
    const last = group.at(-1)!
    const sum = (of: (h: CadenceHour) => number) => group.reduce((total, h) => total + of(h), 0)
    const known = (of: (h: CadenceHour) => number | null) =>
      group.map(of).filter((value): value is number => value !== null)
    return {
      tier: last.tier,
      assetClass: last.assetClass,
      frequencyS: last.frequencyS,
      due: sum((h) => h.due),
      served: sum((h) => h.served),
      partial: sum((h) => h.partial),
      missed: sum((h) => h.missed),
      intervalMedianMs: middle(known((h) => h.intervalMedianMs)),
      intervalMaxMs: greatest(known((h) => h.intervalMaxMs)),
      lateMedianMs: middle(known((h) => h.lateMedianMs)),
      lateMaxMs: greatest(known((h) => h.lateMaxMs)),
      lastHourAt: last.hourAt,
    }
  })
}

const greatest = (values: readonly number[]): number | null =>
  values.length > 0 ? Math.max(...values) : null

function middle(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b)
  const at = sorted.length / 2
  if (sorted.length === 0) return null
  return sorted.length % 2 === 1 ? sorted[Math.floor(at)]! : (sorted[at - 1]! + sorted[at]!) / 2
}
