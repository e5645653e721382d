import type { Micros, SessionState, Venue } from '@onetape/market'

/** Everything the dashboard's strip and an operator's probe ask: is it alive, how late is it, what time is it. */
export interface Health {
  /** The database answers and a daemon is alive. `GET /api/health` answers 503 when false. */
  ok: boolean
  mode: 'demo' | 'live'
  environmentId: string
  wallNow: Micros
  /** `wallNow + shiftUs`. */
  marketNow: Micros
  shiftUs: number
  venues: VenueHealth[]
  daemon: DaemonHealth
  database: { ok: boolean; version: string }
  tape: TapeHealth
  tiers: TierHealth[]
  sources: SourceHealth[]
}

export interface VenueHealth {
  venue: Venue
  state: SessionState
  sessionDate: string | null
  nextChange: { at: Micros; state: SessionState } | null
}

export interface DaemonHealth {
  /** A heartbeat within 15 s of wall time. */
  alive: boolean
  beatAgeMs: number | null
  startedAt: Micros | null
  /** What the daemon says about itself, as it says it. */
  detail: Record<string, unknown> | null
}

export interface TapeHealth {
  /** The ledger id that this API is level with. */
  batchId: number
  lastBatchAt: Micros | null
  /** Market now minus the newest `fetchedAt`. */
  lagSeconds: number | null
  instruments: number
  quoted: number
}

export interface TierHealth {
  name: string
  frequencyS: number
  priority: number
  members: number
  lastSync: Micros | null
  nextSync: Micros | null
  status: string | null
  secondsBehind: number | null
}

export interface SourceHealth {
  name: string
  status: 'ok' | 'failing' | 'unreachable' | 'unconfigured'
  message: string | null
  at: Micros | null
}
