/**
 * The ingestion daemon: what is due is asked, judged, written and rolled up, until it is told to stop. Everything it
 * touches is passed in; what it remembers that matters is in the tape, so it may be killed at any moment.
 */
import {
  BATCH_CHANNEL,
  CLOCK_CHANNEL,
  ensurePartitions,
  HEALTH_CHANNEL,
  type Instrument,
  listen,
  purgeCalls,
  readEnvironment,
  readSync,
} from '@onetape/db'
import {
  type AssetClass,
  type Clock,
  DAY_US,
  isoFromMicros,
  type Micros,
  type SymbolRef,
  type Timeframe,
} from '@onetape/market'
import { createActionsJob } from './actions/actions-job.ts'
import type { MarketClock } from './clock/market-clock.ts'
import { moveMarket } from './clock/move-market.ts'
import { type Complaints, createComplaints } from './complaints.ts'
import { startHeartbeat } from './heartbeat.ts'
import { createFirstFill, type Fill, type FirstFill } from './history/first-fill.ts'
import { createMinuteKeeper, type MinuteKeeper } from './history/keep-minutes.ts'
import { accessOf, type House } from './ingest/ask-source.ts'
import { createDayBook, type DayBook } from './ingest/day-book.ts'
import { createFindingMemory, type FindingMemory } from './ingest/finding-memory.ts'
import { HOUSE_ORDER, SWEPT_ASSET_CLASSES, type SweptAssetClass } from './ingest/house-order.ts'
import { createPreviousCloses } from './ingest/previous-closes.ts'
import { probeSources } from './ingest/probe-sources.ts'
import { createSweeper, type Sweeper } from './ingest/sweeper.ts'
import { createTierBook, type TierBook } from './ingest/tier-book.ts'
import type { Log } from './log.ts'
import { followLedgerDaily, type RollUpFollower } from './rollup/follow-ledger.ts'
import { type CloseJobs, createCloseJobs } from './schedule/close-jobs.ts'
import { createDueHandler, type DueHandler, openMarket } from './schedule/due.ts'
import { createLeases, type Leases } from './schedule/leases.ts'
import { type JobHandlers, startTimetable, type Timetable } from './schedule/runner.ts'
import { createStreamer, STREAM_LEASE, type Streamer } from './stream/streamer.ts'
import type { Tape } from './tape.ts'
import { CORE, mintCore } from './universe/reference.ts'
import { createReferenceJob } from './universe/reference-job.ts'
import { loadUniverse, type Universe } from './universe/universe.ts'

export interface DaemonDeps {
  tape: Pick<Tape, 'db' | 'url' | 'mode'>
  house: House
  wall: Clock
  market: MarketClock
  log: Log
  instanceId: string
  pid: number
  /** Fills history; null where there is nothing to fill it with. */
  fill: Fill | null
  /** Whether prices are streamed beside being polled; they are unless told. */
  streams?: boolean
  /** Demo's clock was moved by this process. */
  onClockMoved?(shiftUs: number): void
}

export interface Daemon extends AsyncDisposable {
  sweeper: Sweeper
  timetable: Timetable
}

/** What the parts of a running daemon share. */
export interface Running extends DaemonDeps {
  signal: AbortSignal
  complaints: Complaints
  universe: Universe
  book: TierBook
  memory: FindingMemory
  days: DayBook
  sweeper: Sweeper
  follower: RollUpFollower
  closeJobs: CloseJobs
  /** Moves demo's clock and looks at the market there. */
  moveTo(to: Micros): Promise<void>
}

/** In-flight batches get this long to be finished; what is left then is rolled back by the server. */
const STOP_WITHIN_MS = 3_000
const MINUTE_CADENCE_S = 60
/** Recorded calls are bookkeeping, not history. */
const CALLS_KEPT_US = 30 * DAY_US

/** @throws when the tape cannot be used at all; vendors that cannot be reached are no reason. */
export async function start(deps: DaemonDeps): Promise<Daemon> {
  const stopping = new AbortController()
  const running = await assemble(deps, stopping.signal)
  const { sweeper, follower, complaints } = running
  const fill = firstFill(running)
  const leases = createLeases({
    db: deps.tape.db,
    holder: deps.instanceId,
    onGained: (name) => void (name.startsWith(STREAM_LEASE) && timetable.run('streams')),
    guard: (work) => complaints.guard('renewing leases', work),
  })
  const streamer = deps.streams === false ? null : streamerOf(running, leases)
  const heartbeat = startHeartbeat({
    ...deps,
    db: deps.tape.db,
    startedAt: deps.wall.now(),
    detail: () => ({
      sources: deps.house.states.list(),
      streams: streamer?.notes() ?? [],
      sweeps: running.book.notes(),
      busyWith: fill?.progress() ?? null,
    }),
  })
  const ears = listenToTape(running)
  await openMarket(running)
  wantEverything(sweeper)
  const due = createDueHandler(running)
  const timetable = startTimetable(handlersOf(running, { due, fill, streamer, leases }), complaints)
  void timetable.run('due')
  void timetable.run('reference')
  void timetable.run('streams')
  void timetable.run('actions')
  return {
    sweeper,
    timetable,
    async [Symbol.asyncDispose]() {
      stopping.abort(new Error('the daemon stops'))
      const inFlight = [
        timetable[Symbol.asyncDispose](),
        sweeper.idle(),
        due.idle(),
        streamer?.[Symbol.asyncDispose]() ?? Promise.resolve(),
      ]
      await within(STOP_WITHIN_MS, Promise.all(inFlight))
      await within(
        1_000,
        Promise.all([
          heartbeat[Symbol.asyncDispose](),
          leases[Symbol.asyncDispose](),
          follower[Symbol.asyncDispose](),
          ears.close(),
          deps.house.calls[Symbol.asyncDispose](),
          deps.house.health.flush(),
        ]),
      )
    },
  }
}

interface Parts {
  due: DueHandler
  fill: FirstFill | null
  streamer: Streamer | null
  leases: Leases
}

function handlersOf(running: Running, { due, fill, streamer, leases }: Parts): JobHandlers {
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

async function assemble(deps: DaemonDeps, signal: AbortSignal): Promise<Running> {
  const { tape, wall, market, log, house } = deps
  const { db } = tape
  const complaints = createComplaints(log, signal)
  await ensurePartitions(db, { marketNow: market.now() })
  await mintCore(db)
  const universe = await loadUniverse(db)
  const book = createTierBook(await lastTierSyncs(deps))
  const memory = createFindingMemory()
  const days = createDayBook()
  const closes = createPreviousCloses(db)
  const sweeper = createSweeper({ db, house, market, wall, memory, closes, book, days, universe, signal })
  const onChange = (problem: string | null) =>
    problem === null ? complaints.solved('rolling up') : complaints.problem('rolling up', problem)
  const follower = followLedgerDaily({ db, onChange })
  const closeJobs = await createCloseJobs({ db, house, market, sweeper, universe, follower, log, signal })
  const moveTo = async (to: Micros) => {
    const { from, shiftUs } = await moveMarket({ db, wall, market }, to)
    log.info(`market time moves from ${isoFromMicros(from)} to ${isoFromMicros(to)}`)
    deps.onClockMoved?.(shiftUs)
    wantEverything(sweeper)
  }
  return { ...deps, signal, complaints, universe, book, memory, days, sweeper, follower, closeJobs, moveTo }
}

const wantEverything = (sweeper: Sweeper) => {
  for (const assetClass of SWEPT_ASSET_CLASSES) sweeper.wantAll(assetClass)
}

async function lastTierSyncs({ tape }: DaemonDeps): Promise<Map<string, Micros>> {
  const rows = await readSync(tape.db)
  return new Map(
    rows.flatMap(({ scope, lastSync }) =>
      scope.startsWith('tier:') && lastSync !== null
        ? [[scope.slice('tier:'.length), lastSync] as const]
        : [],
    ),
  )
}

/** The ledger's and the clock's notifications. After every reconnect the tape itself is asked what was missed. */
function listenToTape({ tape, market, follower, complaints, house }: Running) {
  const catchUp = async () => {
    const { shiftUs } = await readEnvironment(tape.db)
    market.grow(shiftUs)
  }
  return listen({
    url: tape.url,
    channels: [BATCH_CHANNEL, CLOCK_CHANNEL, HEALTH_CHANNEL],
    applicationName: 'onetape-daemon-listen',
    onMessage: (channel, payload) => {
      if (channel === CLOCK_CHANNEL) market.grow(Number(payload))
      else if (channel === HEALTH_CHANNEL) void house.health.refresh().catch(() => {})
      else follower.wake()
    },
    onReconnect: () => {
      follower.wake()
      void complaints.guard('reading the market clock', catchUp)
    },
  })
}

/** New instruments belong to the universe and are looked at once, whatever the session. */
async function onListed({ universe, sweeper }: Running, assetClass: Parameters<Sweeper['wantAll']>[0]) {
  await universe.reload()
  sweeper.wantAll(assetClass)
}

function firstFill(running: Running): FirstFill | null {
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
function streamerOf(running: Running, leases: Leases): Streamer {
  const instruments = () => SWEPT_ASSET_CLASSES.flatMap((assetClass) => fastest(running, assetClass))
  return createStreamer({ ...running, db: running.tape.db, leases, instruments })
}

/** Members of the tiers that are swept every minute, the most urgent first. */
const fastest = ({ universe }: Running, assetClass: SweptAssetClass): Instrument[] =>
  universe
    .tiers()
    .filter((t) => t.enabled && t.frequencyS <= MINUTE_CADENCE_S)
    .flatMap((t) => universe.members(t.name, assetClass))

/** Waits for the work, but no longer than this; a failure of it is somebody else's to tell. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  work.catch(() => {}).finally(resolve)
  await promise
  clearTimeout(timer)
}
