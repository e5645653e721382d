// What each job of the timetable does, from the parts of a running daemon.
import { ensurePartitions, type Instrument, purgeCalls } from '@onetape/db'
import { type AssetClass, DAY_US, type SymbolRef, type Timeframe } from '@onetape/market'
import { createActionsJob } from './actions/actions-job.ts'
import type { Running } from './assemble.ts'
import { createFirstFill, type FirstFill } from './history/first-fill.ts'
import { createMinuteKeeper, type MinuteKeeper } from './history/keep-minutes.ts'
import { accessOf } from './ingest/ask-source.ts'
import { HOUSE_ORDER, SWEPT_ASSET_CLASSES, type SweptAssetClass } from './ingest/house-order.ts'
import { probeSources } from './ingest/probe-sources.ts'
import type { Sweeper } from './ingest/sweeper.ts'
import type { DueHandler } from './schedule/due.ts'
import type { Leases } from './schedule/leases.ts'
import type { JobHandlers } from './schedule/runner.ts'
import { createStreamer, type Streamer } from './stream/streamer.ts'
import { CORE } from './universe/reference.ts'
import { createReferenceJob } from './universe/reference-job.ts'

const MINUTE_CADENCE_S = 60
/** Recorded calls are bookkeeping, not history. */
const CALLS_KEPT_US = 30 * DAY_US

export interface Parts {
  due: DueHandler
  fill: FirstFill | null
  streamer: Streamer | null
  leases: Leases
}

export function handlersOf(running: Running, { due, fill, streamer, leases }: Parts): JobHandlers {
  const { tape, house, wall, market, universe } = running
  const minutes = minuteKeeper(running)
  const actions = actionsJob(running)
  return {
    due: due.run,
    universe: () => universe.reload(),
    reference: createReferenceJob({ ...running, db: tape.db, onLoaded: (c) => onListed(running, c) }),
    history: async () => fill?.run(),
    minutes: async () => {
      if (!(await leases.hold('minutes'))) return
      await Promise.all(SWEPT_ASSET_CLASSES.map((assetClass) => minutes.run(assetClass)))
    },
    actions: async () => {
      if (await leases.hold('actions')) await actions()
    },
    streams: async () => streamer?.reconcile(),
    health: () => house.health.refresh(),
    probes: async () =>
      void (await probeSources(house, { symbolOf: anyOf(running), signal: running.signal })),
    partitions: async () => {
      await ensurePartitions(tape.db, { marketNow: market.now() })
      await purgeCalls(tape.db, wall.now() - CALLS_KEPT_US)
    },
  }
}

/** New instruments belong to the universe and are looked at once, whatever the session. */
async function onListed({ universe, sweeper }: Running, assetClass: Parameters<Sweeper['wantAll']>[0]) {
  await universe.reload()
  sweeper.wantAll(assetClass)
}

export function firstFill(running: Running): FirstFill | null {
  const { tape, fill, book, universe, house } = running
  if (!fill) return null
  const instruments = (assetClass: SweptAssetClass) => {
    const isSwept = book
      .notes()
      .some((note) => note.tier === CORE && note.assetClass === assetClass && note.accepted > 0)
    return isSwept ? universe.members(CORE, assetClass) : []
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

/** A symbol of the core list, to put a question with. */
const anyOf =
  ({ universe }: Running) =>
  (assetClass: AssetClass): SymbolRef | null => {
    const member = universe.members(CORE, assetClass)[0]
    return member ? { assetClass, symbol: member.symbol } : null
  }

/** Minutes are kept for whoever is swept every minute. */
function minuteKeeper(running: Running): MinuteKeeper {
  const instruments = (assetClass: SweptAssetClass) => fastest(running, assetClass)
  return createMinuteKeeper({ ...running, db: running.tape.db, instruments })
}

function actionsJob(running: Running): () => Promise<void> {
  const { tape, universe } = running
  return createActionsJob({
    ...running,
    db: tape.db,
    everyone: () => universe.tiers().flatMap((t) => universe.members(t.name, 'equity')),
    core: () => universe.members(CORE, 'equity'),
  })
}

/** They are streamed as well, where a source can. */
export function streamerOf(running: Running, leases: Leases): Streamer {
  const instruments = () => SWEPT_ASSET_CLASSES.flatMap((assetClass) => fastest(running, assetClass))
  return createStreamer({ ...running, db: running.tape.db, leases, instruments })
}

/** Members of the tiers that are swept every minute, the most urgent first. */
const fastest = ({ universe }: Running, assetClass: SweptAssetClass): Instrument[] =>
  universe
    .tiers()
    .filter((t) => t.enabled && t.frequencyS <= MINUTE_CADENCE_S)
    .flatMap((t) => universe.members(t.name, assetClass))
