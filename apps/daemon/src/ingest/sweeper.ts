/**
 * Runs sweeps one at a time for each asset class: all tiers of it that are due are asked for together, since one call
 * answers for them all where the vendor allows it. Their slots are claimed first, so that of several daemons one does
 * it. A slot that finds its lane busy is simply not served yet and comes again; whoever must not miss its turn (close
 * jobs) waits in the lane.
 */
import type { MissedReason, ServedSlot } from '@onetape/db'
import { type AssetClass, MINUTE_US, type Micros, SECOND_US } from '@onetape/market'
import type { Obstacles } from '../schedule/obstacles.ts'
import type { SlotWatch } from '../schedule/slot-board.ts'
import type { SlotClaim, SlotKeeper } from '../schedule/slot-keeper.ts'
import type { TierCadence } from '../schedule/slots.ts'
import type { Universe } from '../universe/universe.ts'
import { canAsk } from './ask-house.ts'
import type { SweptAssetClass } from './house-order.ts'
import { type SweepDeps, type SweepReport, sweep } from './sweep.ts'
import { shortageOf, type Turn, type Turns } from './turns.ts'

export interface Sweeper {
  /** Serves the tiers that are due, if the lane is free and a source may be asked; null when there was nothing to do. */
  serveDue(assetClass: SweptAssetClass): Promise<SweepReport | null>
  /** Everything of the class is to be swept at the next chance, whatever the session: at start, for newcomers. */
  wantAll(assetClass: SweptAssetClass): void
  /** Sweeps every tier now, behind what is in flight. */
  sweepAll(assetClass: SweptAssetClass): Promise<SweepReport>
  /** Asset classes that are being swept. */
  busyWith(): AssetClass[]
  /** Settles when nothing is in flight. */
  idle(): Promise<void>
}

export interface SweeperDeps extends SweepDeps {
  universe: Universe
  watch: SlotWatch
  keeper: SlotKeeper
  turns: Turns
  obstacles: Obstacles
  signal: AbortSignal
}

const REST_FIRST_US = 3 * SECOND_US
const REST_MAX_US = MINUTE_US
/** What was left over waits for the next sweep of anything, but no longer than this. */
const RIDE_WITHIN_US = MINUTE_US

export function createSweeper(deps: SweeperDeps): Sweeper {
  const { watch, turns, universe } = deps
  const lanes = new Map<AssetClass, Promise<unknown>>()
  const wanted = new Set<AssetClass>()
  const rests = new Map<AssetClass, { until: Micros; failures: number }>()
  const sweptAt = new Map<AssetClass, Micros>()

  const run = async (
    assetClass: SweptAssetClass,
    o: { due: readonly TierCadence[]; all: boolean },
  ): Promise<SweepReport | null> => {
    if (o.all) wanted.delete(assetClass)
    let answered = false
    let isOurs = o.all
    try {
      await using claim = await deps.keeper.claim(assetClass, o.due, deps.market.now())
      const now = deps.market.now()
      const tiers = o.all ? allTiers() : claim.tiers
      const asked = turns.next(assetClass, { tiers, now })
      isOurs ||= claim.tiers.length > 0 || (o.due.length === 0 && asked.length > 0)
      if (!isOurs) return null
      const signal = AbortSignal.any([deps.signal, claim.signal])
      const report = await sweep(deps, { assetClass, targets: asked, signal })
      answered = report.answered
      await settle(deps, { assetClass, asked, report, claim, sweptAt: now, restMs: restMs(assetClass) })
      return report
    } finally {
      if (isOurs) {
        sweptAt.set(assetClass, deps.wall.now())
        if (!answered && o.all) wanted.add(assetClass)
        rest(assetClass, answered)
      }
    }
  }
  /** A sweep that came to nothing is tried again, but not in the next second: the vendor is not to blame. */
  const rest = (assetClass: AssetClass, answered: boolean) => {
    if (answered) return void rests.delete(assetClass)
    const failures = (rests.get(assetClass)?.failures ?? 0) + 1
    rests.set(assetClass, { until: deps.wall.now() + restMs(assetClass) * 1000, failures })
  }
  const restMs = (assetClass: AssetClass): number =>
    Math.min(REST_FIRST_US * 2 ** (rests.get(assetClass)?.failures ?? 0), REST_MAX_US) / 1000
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
  const allTiers = () => universe.tiers().filter((t) => t.enabled)
  const dueOf = (assetClass: SweptAssetClass) =>
    watch.due(
      assetClass,
      universe.tiers().filter((t) => universe.members(t.name, assetClass).length > 0),
    )
  /** Whether only those wait that got nothing the last time, or were left over: they wait for company. */
  const isWaiting = (assetClass: SweptAssetClass, due: readonly TierCadence[]): boolean =>
    !turns.hasNew(assetClass) &&
    due.every((t) => turns.isStarved(assetClass, t.name)) &&
    deps.wall.now() < (sweptAt.get(assetClass) ?? Number.NEGATIVE_INFINITY) + RIDE_WITHIN_US
  const obstacle = (assetClass: SweptAssetClass): MissedReason | null => {
    if (lanes.has(assetClass)) return 'busy'
    if (deps.wall.now() < (rests.get(assetClass)?.until ?? 0)) return 'vendor'
    return canAsk(deps.house, assetClass) ? null : 'vendor'
  }

  return {
    async serveDue(assetClass) {
      if (deps.signal.aborted) return null
      const all = wanted.has(assetClass)
      if (!watch.isFirst(assetClass)) turns.forget(assetClass)
      const due = dueOf(assetClass)
      if (!all && due.length === 0 && !turns.hasLeft(assetClass)) return null
      if (!all && isWaiting(assetClass, due)) return null
      const reason = obstacle(assetClass)
      if (reason !== null) {
        if (due.length > 0) deps.obstacles.met(assetClass, reason, deps.market.now())
        return null
      }
      return inLane(assetClass, () => run(assetClass, { due, all }))
    },
    wantAll: (assetClass) => void wanted.add(assetClass),
    sweepAll: async (assetClass) =>
      (await inLane(assetClass, () => run(assetClass, { due: dueOf(assetClass), all: true })))!,
    busyWith: () => [...lanes.keys()],
    async idle() {
      while (lanes.size > 0) await Promise.all(lanes.values())
    },
  }
}

/** Notes what came of the slots: served, in part, or to be had by whoever comes next. */
async function settle(
  deps: SweeperDeps,
  o: {
    assetClass: SweptAssetClass
    asked: readonly Turn[]
    report: SweepReport
    claim: SlotClaim
    sweptAt: Micros
    restMs: number
  },
): Promise<void> {
  const { assetClass, report, claim, sweptAt } = o
  const servedAt = deps.market.now()
  const shortage = shortageOf(report)
  const names = claim.tiers.map((t) => t.name)
  if (!report.answered) return claim.failed(names, shortage ?? 'vendor', o.restMs)
  deps.turns.note(assetClass, { turns: o.asked, report, now: sweptAt })
  const isStarved = (tier: string) => deps.turns.isStarved(assetClass, tier)
  const waiting = new Map(o.asked.map((turn) => [turn.tier, turn.waiting.length]))
  const outcomes = report.notes
    .filter(({ tier }) => !isStarved(tier))
    .map(({ tier, asked, accepted, missing, delayedMinutes }) => {
      const later = waiting.get(tier) ?? 0
      return {
        tier,
        asked: asked + later,
        accepted,
        missing: missing + later,
        delayedMinutes,
        problem: shortage,
      }
    })
  const isClaimed = ({ tier }: { tier: string }) => names.includes(tier)
  await claim.served(outcomes.filter(isClaimed), { sweptAt, servedAt })
  await claim.failed(names.filter(isStarved), shortage ?? 'vendor', RIDE_WITHIN_US / 1000)
  const rides = outcomes.filter((outcome) => !isClaimed(outcome))
  const slots = rides.flatMap((outcome): ServedSlot[] => {
    const newest = deps.watch.newest(outcome.tier, assetClass)
    return newest ? [{ ...outcome, slotAt: newest.slotAt, intervalUs: null }] : []
  })
  await deps.keeper.addTo(assetClass, slots, { sweptAt, servedAt })
}
