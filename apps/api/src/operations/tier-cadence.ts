// The hours of each tier and asset class put together to what the page draws. Pure.
import type { CadenceHour } from '@onetape/db'
import type { AssetClass } from '@onetape/market'
import type { ClassCadence } from './report.ts'

export interface TierSize {
  tier: string
  assetClass: AssetClass
  members: number
}

/** Of one tier, by asset class: those with members, and those that were swept. @param hours oldest first */
export function classCadences(
  tier: string,
  hours: readonly CadenceHour[],
  sizes: readonly TierSize[],
): ClassCadence[] {
  const own = hours.filter((hour) => hour.tier === tier)
  const ownSizes = sizes.filter((size) => size.tier === tier)
  const classes = new Set([...ownSizes, ...own].map(({ assetClass }) => assetClass))
  return [...classes].map((assetClass) =>
    classCadence(
      assetClass,
      own.filter((hour) => hour.assetClass === assetClass),
      ownSizes.find((size) => size.assetClass === assetClass)?.members ?? 0,
    ),
  )
}

function classCadence(assetClass: AssetClass, hours: readonly CadenceHour[], members: number): ClassCadence {
  const sum = (of: (hour: CadenceHour) => number) => hours.reduce((total, hour) => total + of(hour), 0)
  const known = (of: (hour: CadenceHour) => number | null) => hours.map(of).filter((value) => value !== null)
  const longest = known((hour) => hour.intervalMaxMs)
  return {
    assetClass,
    members,
    due: sum((hour) => hour.due),
    served: sum((hour) => hour.served),
    partial: sum((hour) => hour.partial),
    missed: sum((hour) => hour.missed),
    intervalMedianMs: middle(known((hour) => hour.intervalMedianMs)),
    intervalMaxMs: longest.length > 0 ? Math.max(...longest) : null,
    lateMedianMs: middle(known((hour) => hour.lateMedianMs)),
    hours: hours.map(({ hourAt, due, served }) => ({ at: hourAt, due, served })),
  }
}

function middle(values: readonly number[]): number | null {
  if (values.length === 0) return null
  const sorted = values.toSorted((a, b) => a - b)
  const at = sorted.length / 2
  return sorted.length % 2 === 1 ? sorted[Math.floor(at)]! : (sorted[at - 1]! + sorted[at]!) / 2
}
