import { pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { micros } from '../micros-type.ts'
import { users } from './users.ts'

/** A source that a user has switched off for himself, to see what his route does without it. */
export const userOutages = pgTable(
  'user_outages',
  {
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    source: text('source').notNull(),
    /** Wall time. */
    until: micros('until').notNull(),
  },
  (t) => [primaryKey({ columns: [t.userId, t.source] })],
)
