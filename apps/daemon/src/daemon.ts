/**
 * The ingestion daemon: what is due is asked, judged, written and rolled up, until it is told to stop. Everything it
 * touches is passed in; what it remembers that matters is in the tape, so it may be killed at any moment.
 */
import type { Clock } from '@onetape/market'
import { assemble, wantEverything } from './assemble.ts'
import type { MarketClock } from './clock/market-clock.ts'
import { firstFill, handlersOf, streamerOf } from './handlers.ts'
import { startHeartbeat } from './heartbeat.ts'
import type { Fill } from './history/first-fill.ts'
import type { House } from './ingest/ask-source.ts'
import type { Sweeper } from './ingest/sweeper.ts'
import { listenToTape } from './listen-to-tape.ts'
import type { Log } from './log.ts'
import { createDueHandler, openMarket } from './schedule/due.ts'
import { createLeases } from './schedule/leases.ts'
import { startTimetable, type Timetable } from './schedule/runner.ts'
import { STREAM_LEASE } from './stream/streamer.ts'
import type { Tape } from './tape.ts'

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

/** In-flight batches get this long to be finished; what is left then is rolled back by the server. */
const STOP_WITHIN_MS = 3_000

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

/** Waits for the work, but no longer than this; a failure of it is somebody else's to tell. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  work.catch(() => {}).finally(resolve)
  await promise
  clearTimeout(timer)
}
