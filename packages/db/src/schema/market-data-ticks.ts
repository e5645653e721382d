import { sql } from 'drizzle-orm'
import { check, index, integer, pgTable, primaryKey, smallint } from 'drizzle-orm/pg-core'
import { decimal } from '../decimal-type.ts'
import { micros } from '../micros-type.ts'

/**
 * Observed last prices, append-only, partitioned by ts. The order of columns and of the key leaves no padding: a row
 * takes 56 bytes and its line pointer, an entry of the key 24 and its own. `write_id` reaches 2,147,483,647.
 * No index on ts: a partition is a day, and every question names an instrument or a write.
 */
export const marketDataTicks = pgTable(
  'market_data_ticks',
  {
    ts: micros('ts').notNull(),
    writeId: integer('write_id').notNull(),
    instrumentId: integer('instrument_id').notNull(),
    sourceId: smallint('source_id').notNull(),
    price: decimal('price').notNull(),
    /** Cumulative volume of the session at ts; never summed. */
    volume: decimal('volume'),
  },
  (t) => [
    primaryKey({ columns: [t.instrumentId, t.sourceId, t.ts] }),
    check('market_data_ticks_price', sql`${t.price} > 0 and ${t.price} < 'Infinity'`),
    index('market_data_ticks_write_id')
      .using('brin', t.writeId)
      .with({ pages_per_range: 32, autosummarize: true }),
  ],
)
