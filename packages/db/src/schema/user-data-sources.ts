import { sql } from 'drizzle-orm'
import { check, customType, foreignKey, index, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core'
import { micros } from '../micros-type.ts'
import { brokerConnections } from './broker-connections.ts'
import { users } from './users.ts'

export const bytes = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => 'bytea' })

/** What a connection is asked by: its name in orders, and its credentials, sealed with the key named beside them. */
export const userDataSources = pgTable(
  'user_data_sources',
  {
    id: uuid('id').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    connectionId: uuid('connection_id').notNull().unique(),
    /** Two of one vendor are `alpaca` and `alpaca:2`. */
    source: text('source').notNull(),
    tier: text('tier').notNull(),
    /** Null with a vendor that wants no credentials. */
    sealed: bytes('sealed'),
    keyId: text('key_id'),
    /** What is shown of the credentials. */
    hint: text('hint'),
    /** When the vendor ends them; wall time. */
    expiresAt: micros('expires_at'),
  },
  (t) => [
    foreignKey({
      name: 'user_data_sources_connection',
      columns: [t.userId, t.connectionId],
      foreignColumns: [brokerConnections.userId, brokerConnections.id],
    }).onDelete('cascade'),
    unique('user_data_sources_name').on(t.userId, t.source),
    check('user_data_sources_sealed', sql`(${t.sealed} is null) = (${t.keyId} is null)`),
    index('user_data_sources_key').on(t.keyId),
  ],
)
