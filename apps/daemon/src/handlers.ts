// What each job of the timetable does, from the parts of a running daemon.
import {
  ensurePartitions,
  type Instrument,
  purgeCalls,
  recoverIntents,
  trimSlots,
  WATCHLIST_TIER,
} from '@onetape/db'
import { type AssetClass, DAY_US, type SymbolRef, type Timeframe } from '@onetape/market'
import { createActionsJob } from './actions/actions-job.ts'
import type { Running } from './assemble.ts'
import { type CatchUp, createCatchUp } from './gaps/catch-up.ts'
import { createFirstFill, type FirstFill } from './history/first-fill.ts'
import { createMinuteKeeper, type MinuteKeeper } from './history/keep-minutes.ts'
import { accessOf } from './ingest/ask-source.ts'
import { HOUSE_ORDER, SWEPT_ASSET_CLASSES, type SweptAssetClass } from './ingest/house-order.ts'
import { probeSources } from './ingest/probe-sources.ts'
import { createPackJob } from './partitions/pack-job.ts'
import type { DueHandler } from './schedule/due.ts'
import type { Leases } from './schedule/leases.ts'
import type { JobHandlers } from './schedule/runner.ts'
import { createStreamer, type Streamer } from './stream/streamer.ts'
import { CORE, isCore } from './universe/reference.ts'
import { createReferenceJob } from './universe/reference-job.ts'

const MINUTE_CADENCE_S = 60
/** Recorded calls are bookkeeping, not history. */
const CALLS_KEPT_US = 30 * DAY_US
/** Slots one by one; what they came to is kept as sums of an hour. */
const SLOTS_KEPT_US = 8 * DAY_US
const CADENCE_KEPT_US = 400 * DAY_US

/** What the parts that a daemon starts besides its jobs are called. */
export interface Parts {
  due: DueHandler
  streamer: Streamer | null
  leases: Leases
}

/** A job of the one daemon that holds its lease. */
export interface LeasedJob<T> {
  run(): Promise<void>
  /** The job while it is ours. */
  current(): T | null
}

/** Made anew whenever the lease comes: what a job remembers of the time before was another daemon's work. */
export function leasedJob<T>(
  leases: Pick<Leases, 'hold'>,
  name: string,
  job: { make(): T | null; run(made: T): Promise<unknown> },
): LeasedJob<T> {
  let current: T | null = null
  return {
    current: () => current,
    async run() {
      if (!(await leases.hold(name))) {
        current = null
        return
      }
      current ??= job.make()
      if (current !== null) await job.run(current)
    },
  }
}

export interface Handlers extends JobHandlers {
  /** What the daemon is busy with beside sweeping; null when nothing. */
  busyWith(): string | null
}

export function handlersOf(running: Running, { due, streamer, leases }: Parts): Handlers {
  const { tape, house, wall, market, universe, log } = running
  const catchUp = createCatchUp(running, market.now())
  const fill = leasedJob(leases, 'history', {
    make: () => firstFill(running),
    run: (made) => made.run(),
  })
  const minutes = leasedJob(leases, 'minutes', {
    make: () => minuteKeeper(running, catchUp),
    run: (made) => Promise.all(SWEPT_ASSET_CLASSES.map((assetClass) => made.run(assetClass))),
  })
  const actions = leasedJob(leases, 'actions', { make: () => actionsJob(running), run: (made) => made() })
  const reference = leasedJob(leases, 'reference', {
    make: () => createReferenceJob({ ...running, db: tape.db, onLoaded: (c) => onListed(running, c) }),
    run: (made) => made(),
  })
  return {
    busyWith: () => fill.current()?.progress() ?? catchUp.progress(),
    due: due.run,
    universe: () => universe.refresh(),
    reference: reference.run,
    history: fill.run,
    minutes: minutes.run,
    gaps: async () => {
      if (await leases.hold('gaps')) await catchUp.find()
    },
    repair: catchUp.fill,
    actions: actions.run,
    streams: async () => streamer?.reconcile(),
    health: () => house.health.refresh(),
    probes: async () =>
      void (await probeSources(house, { symbolOf: anyOf(running), signal: running.signal })),
    intents: async () => {
      const closed = await recoverIntents(tape.db)
      if (closed.length > 0) log.warn({ writeIds: closed }, 'closed batches whose writer was gone')
    },
    partitions: async () => {
      await ensurePartitions(tape.db, { marketNow: market.now() })
      await purgeCalls(tape.db, wall.now() - CALLS_KEPT_US)
      await trimSlots(tape.db, {
        before: market.now() - SLOTS_KEPT_US,
        sumsBefore: market.now() - CADENCE_KEPT_US,
      })
    },
    packing: createPackJob({ ...running, leases }),
  }
}

/** New instruments belong to the universe and are looked at once, whatever the session. */
async function onListed({ universe, sweeper }: Running, assetClass: SweptAssetClass) {
  await universe.refresh()
  sweeper.wantAll(assetClass)
}

function firstFill(running: Running): FirstFill | null {
  const { tape, fill, book, watch, house } = running
  if (!fill) return null
  const instruments = (assetClass: SweptAssetClass) => {
    const isOfCore = (o: { tier: string; assetClass: string; accepted: number | null }) =>
      o.tier === CORE && o.assetClass === assetClass && (o.accepted ?? 0) > 0
    // By this daemon, whatever the session, or by any in a slot.
    const isSwept = book.notes().some(isOfCore) || watch.slots().some(isOfCore)
    return isSwept ? coreOf(running, assetClass) : []
  }
  const canFill = (assetClass: SweptAssetClass, timeframe: Timeframe) =>
    [...house.sources.values()].some(
      (source) =>
        HOUSE_ORDER[assetClass].includes(source.name) &&
        source.provider.getCapabilities().byAssetClass[assetClass]?.bars.includes(timeframe) &&
        accessOf(source, assetClass, 'charts') !== null,
    )
  return createFirstFill({ ...running, db: tape.db, fill, instruments, canFill })
}

/** The core list, also those of it that somebody watches: they are in a more urgent tier for as long as that lasts. */
const coreOf = ({ universe }: Running, assetClass: AssetClass): readonly Instrument[] => [
  ...universe.members(CORE, assetClass),
  ...universe.members(WATCHLIST_TIER, assetClass).filter(isCore),
]

/** A symbol of the core list, to put a question with. */
const anyOf =
  (running: Running) =>
  (assetClass: AssetClass): SymbolRef | null => {
    const member = coreOf(running, assetClass)[0]
    return member ? { assetClass, symbol: member.symbol } : null
  }

/** Minutes are kept for whoever is swept every minute. */
function minuteKeeper(running: Running, { onLost }: CatchUp): MinuteKeeper {
  const instruments = (assetClass: SweptAssetClass) => fastest(running, assetClass)
  return createMinuteKeeper({ ...running, db: running.tape.db, instruments, onLost })
}

function actionsJob(running: Running): () => Promise<void> {
  const { tape, universe } = running
  return createActionsJob({
    ...running,
    db: tape.db,
    everyone: () => universe.tiers().flatMap((t) => universe.members(t.name, 'equity')),
    core: () => coreOf(running, 'equity'),
  })
}

/** They are streamed as well, where a source can. */
export function streamerOf(running: Running, leases: Leases): Streamer {
  const instruments = () => SWEPT_ASSET_CLASSES.flatMap((assetClass) => fastest(running, assetClass))
  return createStreamer({ ...running, db: running.tape.db, leases, instruments })
}

/**
 * A stream needs a line and the minutes of a symbol a call, for each of them every minute. Where the whole market is
 * swept that often, the most urgent have both, and the others what the sweeps and the roll-ups say.
 */
const FOLLOWED_MAX = 500

/** Members of the tiers that are swept every minute, the most urgent first. */
const fastest = ({ universe }: Running, assetClass: SweptAssetClass): Instrument[] =>
  universe
    .tiers()
    .filter((t) => t.enabled && t.frequencyS <= MINUTE_CADENCE_S)
    .flatMap((t) => universe.members(t.name, assetClass))
    .slice(0, FOLLOWED_MAX)
