import { bigint, pgTable, text } from 'drizzle-orm/pg-core'
import { micros } from '../micros-type.ts'

/** What the catalog cannot tell of a partition: that it was packed, and its range while it is detached. Wall time. */
export const partitionStates = pgTable('partition_states', {
  name: text('name').primaryKey(),
  tableName: text('table_name').notNull(),
  fromTs: micros('from_ts').notNull(),
  toTs: micros('to_ts').notNull(),
  packedAt: micros('packed_at'),
  /** Its size then: one that has grown by much is packed again. */
  packedBytes: bigint('packed_bytes', { mode: 'number' }),
  /** Nobody writes into its range until it is attached again, or dropped. */
  detachedAt: micros('detached_at'),
})
