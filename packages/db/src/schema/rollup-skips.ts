import { bigint, pgTable, text } from 'drizzle-orm/pg-core'
import { micros } from '../micros-type.ts'

/** Batches that could not be rolled up and were passed by, so that the others go on; tried again at every start. */
export const rollupSkips = pgTable('rollup_skips', {
  batchId: bigint('batch_id', { mode: 'number' }).primaryKey(),
  problem: text('problem').notNull(),
  at: micros('at').notNull(),
})
