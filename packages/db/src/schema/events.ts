import { bigint, index, jsonb, pgTable, text } from 'drizzle-orm/pg-core'
import { micros } from '../micros-type.ts'

/** What happened to the tape, for the operator: starts, outages, imports. */
export const events = pgTable(
  'events',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    at: micros('at').notNull(),
    kind: text('kind').notNull(),
    detail: jsonb('detail'),
  },
  (t) => [index('events_at').on(t.at)],
)
