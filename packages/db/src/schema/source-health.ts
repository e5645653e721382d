import { doublePrecision, integer, pgTable, text } from 'drizzle-orm/pg-core'
import { micros } from '../micros-type.ts'

/** The breaker of each source as all processes share it. All instants are wall time. */
export const sourceHealth = pgTable('source_health', {
  source: text('source').primaryKey(),
  state: text('state', { enum: ['closed', 'open', 'half_open'] }).notNull(),
  /** Failures in a row. */
  failures: integer('failures').notNull(),
  openedAt: micros('opened_at'),
  retryAt: micros('retry_at'),
  lastOkAt: micros('last_ok_at'),
  lastFailedAt: micros('last_failed_at'),
  lastErrorKind: text('last_error_kind'),
  lastErrorMessage: text('last_error_message'),
  latencyMs: doublePrecision('latency_ms'),
  /** Until then one process probes, and the others wait. */
  probeUntil: micros('probe_until'),
})
