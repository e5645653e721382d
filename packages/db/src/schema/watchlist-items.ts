import { foreignKey, index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { instruments } from './instruments.ts'
import { watchlists } from './watchlists.ts'

/** What a list holds, in the user's order. The user stands in every row, for the policy that guards it. */
export const watchlistItems = pgTable(
  'watchlist_items',
  {
    watchlistId: uuid('watchlist_id').notNull(),
    userId: text('user_id').notNull(),
    instrumentId: integer('instrument_id')
      .notNull()
      .references(() => instruments.id),
    position: integer('position').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.watchlistId, t.instrumentId] }),
    foreignKey({
      name: 'watchlist_items_list',
      columns: [t.userId, t.watchlistId],
      foreignColumns: [watchlists.userId, watchlists.id],
    }).onDelete('cascade'),
    index('watchlist_items_user').on(t.userId),
  ],
)
