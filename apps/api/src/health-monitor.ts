// Gathers the health report. One reading is shared by everyone who asks within a second, so that watchers cost
// the database nothing; when it does not answer, the report says so and keeps what was known last.
import { type Clock, type Micros, SECOND_US, type Venue } from '@onetape/market'
import { withDeadline } from './deadline.ts'
import { ApiProblem } from './errors.ts'
import type { Health, TapeHealth, TierHealth } from './health.ts'
import { daemonOf, type Heartbeat, sourcesOf, venueAt, withoutTheClock } from './health-report.ts'
import type { HealthReports } from './ports.ts'

/** What the database is asked for. */
export interface HealthReads {
  version(): Promise<string>
  heartbeats(): Promise<Heartbeat[]>
  tiers(): Promise<TierHealth[]>
  instruments(): Promise<number>
}

export interface HealthDeps {
  reads: HealthReads
  mode: 'demo' | 'live'
  wallClock: Clock
  marketClock: Clock & { shiftUs: number }
  /** The hub's side of the report. */
  tape(): {
    environmentId: string | null
    batchId: number
    lastBatchAt: Micros | null
    newestFetchedAt: Micros | null
    quoted: number
  }
  /** Aborted when the API stops: watchers are told to come back. */
  ending: AbortSignal
  watchMs?: number
  watchAtLeastMs?: number
}

interface Reading {
  version: string
  heartbeat: Heartbeat | null
  tiers: TierHealth[]
  instruments: number
}

const SHARED_FOR_US = SECOND_US
const READ_WITHIN_MS = 3_000
const WATCH_MS = 2_000
const WATCH_AT_LEAST_MS = 10_000
const VENUES: readonly Venue[] = ['XNYS', 'CRYPTO', 'FX']
const NOTHING_READ: Reading = { version: '', heartbeat: null, tiers: [], instruments: 0 }

export class HealthMonitor implements HealthReports {
  readonly #deps: HealthDeps
  #reading = NOTHING_READ
  #answered = false
  #readAt = Number.NEGATIVE_INFINITY
  #underWay: Promise<void> | null = null

  constructor(deps: HealthDeps) {
    this.#deps = deps
  }

  async read(): Promise<Health> {
    if (this.#deps.wallClock.now() - this.#readAt >= SHARED_FOR_US) {
      this.#underWay ??= this.#ask().finally(() => {
        this.#underWay = null
      })
      await this.#underWay
    }
    return this.#report()
  }

  async *watch(signal: AbortSignal): AsyncGenerator<Health, void> {
    const { watchMs = WATCH_MS, watchAtLeastMs = WATCH_AT_LEAST_MS, ending } = this.#deps
    const over = AbortSignal.any([signal, ending])
    let told = ''
    let silentMs = 0
    while (!over.aborted) {
      const health = await this.read()
      const said = JSON.stringify(withoutTheClock(health))
      if (said !== told || silentMs >= watchAtLeastMs) {
        yield health
        told = said
        silentMs = 0
      }
      await pause(watchMs, over)
      silentMs += watchMs
    }
    if (!signal.aborted)
      throw new ApiProblem('unavailable', 'The API is stopping; the stream resumes once it is back.')
  }

  async #ask(): Promise<void> {
    const { reads, wallClock } = this.#deps
    try {
      const [version, heartbeats, tiers, instruments] = await withDeadline(
        Promise.all([reads.version(), reads.heartbeats(), reads.tiers(), reads.instruments()]),
        READ_WITHIN_MS,
      )
      const heartbeat = heartbeats.toSorted((a, b) => b.beatAt - a.beatAt)[0] ?? null
      this.#reading = { version, heartbeat, tiers, instruments }
      this.#answered = true
    } catch {
      this.#answered = false // the report carries it; the listener logs why
    }
    this.#readAt = wallClock.now()
  }

  #report(): Health {
    const { mode, wallClock, marketClock, tape } = this.#deps
    const wallNow = wallClock.now()
    const marketNow = marketClock.now()
    const { environmentId, batchId, lastBatchAt, newestFetchedAt, quoted } = tape()
    const { version, heartbeat, tiers, instruments } = this.#reading
    const daemon = daemonOf(heartbeat, wallNow)
    const tapeHealth: TapeHealth = {
      batchId,
      lastBatchAt,
      lagSeconds:
        newestFetchedAt === null ? null : Math.max(0, Math.round((marketNow - newestFetchedAt) / SECOND_US)),
      instruments,
      quoted,
    }
    return {
      ok: this.#answered && environmentId !== null && daemon.alive,
      mode,
      environmentId: environmentId ?? '',
      wallNow,
      marketNow,
      shiftUs: marketClock.shiftUs,
      venues: VENUES.map((venue) => venueAt(venue, marketNow)),
      daemon,
      database: { ok: this.#answered, version },
      tape: tapeHealth,
      tiers,
      sources: sourcesOf(heartbeat?.detail),
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  if (signal.aborted) return Promise.resolve()
  const done = () => {
    clearTimeout(timer)
    signal.removeEventListener('abort', done)
    resolve()
  }
  const timer = setTimeout(done, ms)
  signal.addEventListener('abort', done, { once: true })
  return promise
}
