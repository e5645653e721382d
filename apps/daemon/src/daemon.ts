/**
 * The ingestion daemon: what is due is asked, judged, written and rolled up, until it is told to stop. Everything it
 * touches is passed in; what it remembers that matters is in the tape, so it may be killed at any moment.
 */
import { type Clock, SECOND_US } from '@onetape/market'
import { assemble, wantEverything } from './assemble.ts'
import type { MarketClock } from './clock/market-clock.ts'
import type { TapeClock } from './clock/tape-clock.ts'
import { type Handlers, handlersOf, streamerOf } from './handlers.ts'
import { holdsOf, startHeartbeat } from './heartbeat.ts'
import type { Fill } from './history/first-fill.ts'
import type { House } from './ingest/ask-source.ts'
import type { Sweeper } from './ingest/sweeper.ts'
import { listenToTape } from './listen-to-tape.ts'
import type { Log } from './log.ts'
import { createDueHandler, openMarket } from './schedule/due.ts'
import { createLeases } from './schedule/leases.ts'
import { startTimetable, type Timetable } from './schedule/runner.ts'
import { ownerOf } from './schedule/share-out.ts'
import { STREAM_LEASE } from './stream/streamer.ts'
import type { Tape } from './tape.ts'

export interface DaemonDeps {
  tape: Pick<Tape, 'db' | 'url' | 'mode'>
  house: House
  wall: Clock
  market: MarketClock
  /** Where wall and market time run on the server's clock: it is set right with every look at the slots. */
  tapeClock?: TapeClock
  log: Log
  instanceId: string
  pid: number
  /** Fills history; null where there is nothing to fill it with. */
  fill: Fill | null
  /** Whether prices are streamed beside being polled; they are unless told. */
  streams?: boolean
  /** How long a slot stays with a daemon that is not heard of any more. */
  slotTtlMs?: number
  /** Demo's clock was moved by this process. */
  onClockMoved?(shiftUs: number): void
}

export interface Daemon extends AsyncDisposable {
  sweeper: Sweeper
  timetable: Timetable
}

/** In-flight batches get this long to be finished; what is left then is rolled back by the server. */
const STOP_WITHIN_MS = 3_000
/** `daemon:<instance id>` says that it is alive, for the share-out. */
const CREW_LEASE = 'daemon:'
/** Whoever has it sweeps everything once at start; who comes to it within this has started too. */
const START_LEASE = 'start'
const START_WITHIN_US = 15 * SECOND_US

/** @throws when the tape cannot be used at all; vendors that cannot be reached are no reason. */
export async function start(deps: DaemonDeps): Promise<Daemon> {
  const stopping = new AbortController()
  const running = await assemble(deps, stopping.signal)
  const { sweeper, follower, complaints, watch } = running
  const startedAt = deps.wall.now()
  const leases = createLeases({
    db: deps.tape.db,
    holder: deps.instanceId,
    ownerOf: (name) => (isShared(name) ? ownerOf(name, watch.crew()) : null),
    onGained: (name) => {
      if (name.startsWith(STREAM_LEASE)) void timetable.run('streams')
      if (name === START_LEASE && deps.wall.now() - startedAt < START_WITHIN_US) wantEverything(sweeper)
    },
    guard: (work) => complaints.guard('renewing leases', work),
  })
  const streamer = deps.streams === false ? null : streamerOf(running, leases)
  let handlers: Handlers | null = null
  const heartbeat = startHeartbeat({
    ...deps,
    db: deps.tape.db,
    startedAt,
    detail: () => ({
      sources: deps.house.states.list(),
      streams: streamer?.notes() ?? [],
      sweeps: running.book.notes(),
      busyWith: handlers?.busyWith() ?? null,
      holds: holdsOf(running, leases),
    }),
  })
  const ears = listenToTape(running)
  await leases.hold(`${CREW_LEASE}${deps.instanceId}`)
  if (await leases.hold(START_LEASE)) wantEverything(sweeper)
  await openMarket(running, leases)
  const due = createDueHandler(running, leases)
  handlers = handlersOf(running, { due, streamer, leases })
  const timetable = startTimetable(handlers, complaints)
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

const isShared = (name: string): boolean =>
  ![CREW_LEASE, START_LEASE, STREAM_LEASE].some((prefix) => name.startsWith(prefix))

/** Waits for the work, but no longer than this; a failure of it is somebody else's to tell. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  work.catch(() => {}).finally(resolve)
  await promise
  clearTimeout(timer)
}
