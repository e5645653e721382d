import { sql } from 'drizzle-orm'
import { integer, pgTable, text, unique, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { micros } from '../micros-type.ts'
import { versionColumn } from './edit-versions.ts'
import { users } from './users.ts'

/** Lists of instruments that a user keeps. Under row-level security: read and written through `asUser` alone. */
export const watchlists = pgTable(
  'watchlists',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    /** Among the user's lists, from 0. */
    position: integer('position').notNull(),
    /** Another one with every change of the name or of the items: an edit says which one it saw. */
    version: versionColumn(),
    createdAt: micros('created_at').notNull().default(sql`now()`),
  },
  (t) => [
    uniqueIndex('watchlists_name').on(t.userId, sql`lower(${t.name})`),
    // What an item's owner is held against.
    unique('watchlists_user').on(t.userId, t.id),
  ],
)
