// The parts of the health report that follow from what was read and from the clocks. Pure.
import { type Micros, SECOND_US, sessionAt, type Venue } from '@onetape/market'
import { z } from 'zod'
import type { DaemonHealth, Health, SourceHealth, VenueHealth } from './health.ts'

export interface Heartbeat {
  startedAt: Micros
  /** Wall clock. */
  beatAt: Micros
  detail: unknown
}

const ALIVE_WITHIN_US = 15 * SECOND_US

export function venueAt(venue: Venue, now: Micros): VenueHealth {
  const { state, session, nextChange } = sessionAt(venue, now)
  return { venue, state, sessionDate: session?.date ?? null, nextChange }
}

export function daemonOf(beat: Heartbeat | null, wallNow: Micros): DaemonHealth {
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
export function sourcesOf(detail: unknown): SourceHealth[] {
  const rows = detailSchema.safeParse(detail).data?.sources ?? []
  return rows.flatMap((row) => sourceSchema.safeParse(row).data ?? [])
}

/** What must change for a watcher to be told: not the time itself, nor what only counts it. */
export function withoutTheClock(h: Health): unknown {
  const { wallNow, marketNow, ...rest } = h
  return {
    ...rest,
    daemon: { alive: h.daemon.alive, startedAt: h.daemon.startedAt },
    tape: { ...h.tape, lagSeconds: Math.floor((h.tape.lagSeconds ?? 0) / 10) },
    tiers: h.tiers.map(({ secondsBehind, ...tier }) => tier),
    sources: h.sources.map(({ at, ...source }) => source),
  }
}
