import { bigint, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { decimal } from '../decimal-type.ts'
import { micros } from '../micros-type.ts'

/** How far a scope of an environment has come, e.g. ('local', 'tier:core'). */
export const marketDataSync = pgTable(
  'market_data_sync',
  {
    environment: text('environment').notNull(),
    scope: text('scope').notNull(),
    lastSync: micros('last_sync'),
    nextSync: micros('next_sync'),
    status: text('status').notNull(),
    rowsBehind: bigint('rows_behind', { mode: 'number' }),
    secondsBehind: decimal('seconds_behind'),
    detail: jsonb('detail'),
  },
  (t) => [primaryKey({ columns: [t.environment, t.scope] })],
)
