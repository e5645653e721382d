import { pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { micros } from '../micros-type.ts'
import { versionColumn } from './edit-versions.ts'
import { users } from './users.ts'

/** Which source a user asks first for one instrument, before his order. */
export const userPins = pgTable(
  'user_pins',
  {
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    instrumentKey: text('instrument_key').notNull(),
    preferenceType: text('preference_type', {
      enum: ['quotes', 'charts', 'fundamentals', 'options'],
    }).notNull(),
    source: text('source').notNull(),
    version: versionColumn(),
    updatedAt: micros('updated_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.userId, t.instrumentKey, t.preferenceType] })],
)
