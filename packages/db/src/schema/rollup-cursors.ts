import { bigint, pgTable, text } from 'drizzle-orm/pg-core'

/**
 * The last ledger id that each follower has done; its row is the follower's lock. `rollups` keeps
 * `market_data_rollups` and `market_data_daily`: they hold every batch up to its `batch_id`, and no other.
 */
export const rollupCursors = pgTable('rollup_cursors', {
  name: text('name').primaryKey(),
  batchId: bigint('batch_id', { mode: 'number' }).notNull(),
})
