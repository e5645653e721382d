import { sql } from 'drizzle-orm'
import { date, index, integer, pgTable, text } from 'drizzle-orm/pg-core'
import { micros } from '../micros-type.ts'
import { assetClassEnum } from './vocabulary.ts'

/** Our identity of what is priced. The key is the same in every environment, the id is local. */
export const instruments = pgTable(
  'instruments',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    key: text('key').notNull().unique(),
    assetClass: assetClassEnum('asset_class').notNull(),
    /** The current house symbol; past ones are in `instrument_symbols`. */
    symbol: text('symbol').notNull(),
    name: text('name'),
    currency: text('currency').notNull(),
    listingType: text('listing_type'),
    listedOn: date('listed_on', { mode: 'string' }),
    createdAt: micros('created_at').notNull().default(sql`now()`),
  },
  (t) => [index('instruments_symbol').on(t.symbol.op('text_pattern_ops'))],
)
