import { pgTable, smallint, text } from 'drizzle-orm/pg-core'

/** Dictionary of who says things: polygon, yahoo, coinbase, import:lean, import:csv. */
export const sources = pgTable('sources', {
  id: smallint('id').primaryKey().generatedAlwaysAsIdentity(),
  name: text('name').notNull().unique(),
})
