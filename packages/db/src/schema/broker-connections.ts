import { sql } from 'drizzle-orm'
import { boolean, check, jsonb, pgTable, text, unique, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { micros } from '../micros-type.ts'
import { versionColumn } from './edit-versions.ts'
import { users } from './users.ts'

/** A user's account at a vendor. Its credentials and its name in orders are in the source that it owns. */
export const brokerConnections = pgTable(
  'broker_connections',
  {
    id: uuid('id').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    provider: text('provider').notNull(),
    /** The user's own word for it. */
    label: text('label').notNull(),
    /** One of a user's connections. */
    isPrimary: boolean('is_primary').notNull().default(false),
    /** The plan that the vendor's answers showed. */
    dataTier: text('data_tier').notNull(),
    state: text('state', { enum: ['connected', 'paused'] })
      .notNull()
      .default('connected'),
    /** What a probe found; null before the first. */
    capabilities: jsonb('capabilities'),
    probedAt: micros('probed_at'),
    version: versionColumn(),
    createdAt: micros('created_at').notNull(),
    updatedAt: micros('updated_at').notNull(),
  },
  (t) => [
    check('broker_connections_state', sql`${t.state} in ('connected', 'paused')`),
    // What belongs to a connection names its user too: a foreign key is checked past row-level security.
    unique('broker_connections_user').on(t.userId, t.id),
    uniqueIndex('broker_connections_primary').on(t.userId).where(sql`${t.isPrimary}`),
  ],
)
