// Gathers the health report. One reading is shared by everyone who asks within a second, so that watchers cost
// the database nothing; when it does not answer, the report says so and keeps what was known last.
import { type Clock, type Micros, SECOND_US, sessionAt, type Venue } from '@onetape/market'
import { z } from 'zod'
import { withDeadline } from './deadline.ts'
import { ApiProblem } from './errors.ts'
import type { DaemonHealth, Health, SourceHealth, TapeHealth, TierHealth, VenueHealth } from './health.ts'
import type { HealthReports } from './ports.ts'

export interface Heartbeat {
  startedAt: Micros
  beatAt: Micros
  detail: unknown
}

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

const ALIVE_WITHIN_US = 15 * SECOND_US
const SHARED_FOR_US = SECOND_US
const READ_WITHIN_MS = 3_000
const WATCH_MS = 2_000
const WATCH_AT_LEAST_MS = 10_000
const VENUES: readonly Venue[] = ['XNYS', 'CRYPTO']
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

function venueAt(venue: Venue, now: Micros): VenueHealth {
  const { state, session, nextChange } = sessionAt(venue, now)
  return { venue, state, sessionDate: session?.date ?? null, nextChange }
}

function daemonOf(beat: Heartbeat | null, wallNow: Micros): DaemonHealth {
  if (!beat) return { alive: false, beatAgeMs: null, startedAt: null, detail: null }
  const ageUs = Math.max(0, wallNow - beat.beatAt)
  const detail = z.record(z.string(), z.unknown()).safeParse(beat.detail)
  return {
    alive: ageUs <= ALIVE_WITHIN_US,
    beatAgeMs: Math.round(ageUs / 1000),
    startedAt: beat.startedAt,
    detail: detail.data ?? null,
  }
}

const sourceSchema = z.object({
  name: z.string(),
  status: z.enum(['ok', 'failing', 'unreachable', 'unconfigured']),
  message: z.string().nullable().default(null),
  at: z.number().nullable().default(null),
})
const detailSchema = z.object({ sources: z.array(z.unknown()) })

/** The daemon's word on its sources. A row we do not understand is left out, never the others with it. */
function sourcesOf(detail: unknown): SourceHealth[] {
  const rows = detailSchema.safeParse(detail).data?.sources ?? []
  return rows.flatMap((row) => sourceSchema.safeParse(row).data ?? [])
}

/** What must change for a watcher to be told: not the time itself, nor what only counts it. */
function withoutTheClock(h: Health): unknown {
  const { wallNow, marketNow, ...rest } = h
  return {
    ...rest,
    daemon: { alive: h.daemon.alive, startedAt: h.daemon.startedAt },
    tape: { ...h.tape, lagSeconds: Math.floor((h.tape.lagSeconds ?? 0) / 10) },
    tiers: h.tiers.map(({ secondsBehind, ...tier }) => tier),
    sources: h.sources.map(({ at, ...source }) => source),
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
