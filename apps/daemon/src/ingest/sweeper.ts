/**
 * Runs sweeps one at a time for each asset class. A slot that finds its lane busy is simply not served yet and comes
 * again; whoever must not miss its turn (close jobs) waits in the lane.
 */
import { type AssetClass, MINUTE_US, type Micros, SECOND_US } from '@onetape/market'
import { slotOf, type TierCadence, tiersDue } from '../schedule/slots.ts'
import type { Universe } from '../universe/universe.ts'
import { canAsk } from './ask-house.ts'
import type { SweptAssetClass } from './house-order.ts'
import { type SweepDeps, type SweepReport, sweep } from './sweep.ts'

export interface Sweeper {
  /** Serves the tiers that are due, if the lane is free and a source may be asked; null when there was nothing to do. */
  serveDue(assetClass: SweptAssetClass): Promise<SweepReport | null>
  /** Everything of the class is to be swept at the next chance, whatever the session: at start, for newcomers. */
  wantAll(assetClass: SweptAssetClass): void
  /** True once everything wanted has been answered for. */
  servedAll(assetClass: SweptAssetClass): boolean
  /** Sweeps every tier now, behind what is in flight. */
  sweepAll(assetClass: SweptAssetClass): Promise<SweepReport>
  /** Settles when nothing is in flight. */
  idle(): Promise<void>
}

export interface SweeperDeps extends SweepDeps {
  universe: Universe
  signal: AbortSignal
}

const REST_FIRST_US = 3 * SECOND_US
const REST_MAX_US = MINUTE_US

export function createSweeper(deps: SweeperDeps): Sweeper {
  const lanes = new Map<AssetClass, Promise<unknown>>()
  const wanted = new Set<AssetClass>()
  const rests = new Map<AssetClass, { until: Micros; failures: number }>()
  const served = new Map<AssetClass, Map<string, number>>()

  /** Takes the lane; the slots served are those of the moment at which the sweep began. */
  const run = async (
    assetClass: SweptAssetClass,
    o: { tiers: readonly TierCadence[]; all: boolean },
  ): Promise<SweepReport> => {
    const now = deps.market.now()
    if (o.all) wanted.delete(assetClass)
    const targets = deps.universe.targets(assetClass, o.tiers)
    let answered = false
    try {
      const report = await sweep(deps, { assetClass, targets, signal: deps.signal })
      answered = report.answered
      return report
    } finally {
      if (answered) markServed(assetClass, o.tiers, now)
      else if (o.all) wanted.add(assetClass)
      rest(assetClass, answered)
    }
  }
  /** A sweep that came to nothing is tried again, but not in the next second: the vendor is not to blame. */
  const rest = (assetClass: AssetClass, answered: boolean) => {
    if (answered) return void rests.delete(assetClass)
    const failures = (rests.get(assetClass)?.failures ?? 0) + 1
    const pauseUs = Math.min(REST_FIRST_US * 2 ** (failures - 1), REST_MAX_US)
    rests.set(assetClass, { until: deps.wall.now() + pauseUs, failures })
  }
  const markServed = (assetClass: AssetClass, tiers: readonly TierCadence[], now: Micros) => {
    const slots = served.get(assetClass) ?? new Map<string, number>()
    for (const t of tiers) slots.set(t.name, slotOf(now, t.frequencyS))
    served.set(assetClass, slots)
  }
  const inLane = <T>(assetClass: AssetClass, work: () => Promise<T>): Promise<T> => {
    const before = lanes.get(assetClass) ?? Promise.resolve()
    const mine = before.catch(() => {}).then(work)
    const lane: Promise<unknown> = mine
      .catch(() => {})
      .then(() => {
        if (lanes.get(assetClass) === lane) lanes.delete(assetClass)
      })
    lanes.set(assetClass, lane)
    return mine
  }
  const allTiers = () => deps.universe.tiers().filter((t) => t.enabled)

  return {
    async serveDue(assetClass) {
      if (deps.signal.aborted || lanes.has(assetClass)) return null
      if (deps.wall.now() < (rests.get(assetClass)?.until ?? 0)) return null
      const all = wanted.has(assetClass)
      const slots = served.get(assetClass) ?? new Map()
      const now = deps.market.now()
      const tiers = all
        ? allTiers()
        : tiersDue({ tiers: deps.universe.tiers(), assetClass, now, served: slots })
      if (tiers.length === 0 || !canAsk(deps.house, assetClass)) return null
      return inLane(assetClass, () => run(assetClass, { tiers, all }))
    },
    wantAll: (assetClass) => void wanted.add(assetClass),
    servedAll: (assetClass) => !wanted.has(assetClass) && !lanes.has(assetClass) && served.has(assetClass),
    sweepAll: (assetClass) => inLane(assetClass, () => run(assetClass, { tiers: allTiers(), all: true })),
    async idle() {
      while (lanes.size > 0) await Promise.all(lanes.values())
    },
  }
}
