import { sql } from 'drizzle-orm'
import { check, foreignKey, index, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { micros } from '../micros-type.ts'
import { brokerConnections } from './broker-connections.ts'
import { bytes } from './user-data-sources.ts'
import { users } from './users.ts'

/** A user who was sent to a vendor's page and is awaited back, once, with the state that he was sent with. */
export const oauthSignIns = pgTable(
  'oauth_sign_ins',
  {
    state: text('state').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    provider: text('provider').notNull(),
    /** The connection that is signed in anew; null for a new one. */
    connectionId: uuid('connection_id'),
    label: text('label').notNull(),
    /** What the vendor's app needs, until the user is back; null where the house has an app. */
    sealed: bytes('sealed'),
    keyId: text('key_id'),
    /** Wall time. */
    expiresAt: micros('expires_at').notNull(),
  },
  (t) => [
    foreignKey({
      name: 'oauth_sign_ins_connection',
      columns: [t.userId, t.connectionId],
      foreignColumns: [brokerConnections.userId, brokerConnections.id],
    }).onDelete('cascade'),
    check('oauth_sign_ins_sealed', sql`(${t.sealed} is null) = (${t.keyId} is null)`),
    index('oauth_sign_ins_user').on(t.userId),
  ],
)
