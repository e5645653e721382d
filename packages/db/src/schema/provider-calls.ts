import { sql } from 'drizzle-orm'
import { bigint, check, doublePrecision, index, integer, pgTable, text } from 'drizzle-orm/pg-core'
import { micros } from '../micros-type.ts'

/** Requests that went out, as the one place that sends recorded them. `at` is wall time. Kept for some days. */
export const providerCalls = pgTable(
  'provider_calls',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    at: micros('at').notNull(),
    source: text('source').notNull(),
    priority: text('priority').notNull(),
    scope: text('scope').notNull(),
    /** Host and path, never a query. */
    what: text('what').notNull(),
    /** `ok` or the kind of error. */
    outcome: text('outcome').notNull(),
    status: integer('status'),
    latencyMs: doublePrecision('latency_ms').notNull(),
    /** Whose source was asked; null for the house's. */
    userId: text('user_id'),
  },
  (t) => [
    index('provider_calls_source_at').on(t.source, t.at),
    index('provider_calls_at').on(t.at),
    index('provider_calls_user_at').on(t.userId, t.at).where(sql`${t.userId} is not null`),
    check('provider_calls_user', sql`${t.userId} <> ''`),
  ],
)
