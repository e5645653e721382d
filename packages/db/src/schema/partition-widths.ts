import { sql } from 'drizzle-orm'
import { check, pgTable, text } from 'drizzle-orm/pg-core'

/** How wide partitions of recent times are made from now on, a row per table: every process asks here. */
export const partitionWidths = pgTable(
  'partition_widths',
  {
    tableName: text('table_name').primaryKey(),
    width: text('width', { enum: ['day', 'week', 'month'] }).notNull(),
  },
  (t) => [check('partition_widths_width', sql`${t.width} in ('day', 'week', 'month')`)],
)
