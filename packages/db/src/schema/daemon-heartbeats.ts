import { integer, jsonb, pgTable, text } from 'drizzle-orm/pg-core'
import { micros } from '../micros-type.ts'

/** Which daemons are alive. `beat_at` and `started_at` are wall time, `market_at` is the market clock. */
export const daemonHeartbeats = pgTable('daemon_heartbeats', {
  instanceId: text('instance_id').primaryKey(),
  pid: integer('pid').notNull(),
  startedAt: micros('started_at').notNull(),
  beatAt: micros('beat_at').notNull(),
  marketAt: micros('market_at').notNull(),
  detail: jsonb('detail'),
})
