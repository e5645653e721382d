import { sql } from 'drizzle-orm'
import { boolean, check, index, integer, pgTable, primaryKey, smallint } from 'drizzle-orm/pg-core'
import { decimal } from '../decimal-type.ts'
import { micros } from '../micros-type.ts'
import { basisEnum, timeframeEnum } from './vocabulary.ts'

/** Intraday bars, partitioned by ts. 1m is the norm; longer ones are kept where no 1m lies under them. */
export const marketDataBars = pgTable(
  'market_data_bars',
  {
    ts: micros('ts').notNull(),
    writeId: integer('write_id').notNull(),
    instrumentId: integer('instrument_id').notNull(),
    timeframe: timeframeEnum('timeframe').notNull(),
    basis: basisEnum('basis').notNull(),
    sourceId: smallint('source_id').notNull(),
    final: boolean('final').notNull(),
    open: decimal('open').notNull(),
    high: decimal('high').notNull(),
    low: decimal('low').notNull(),
    close: decimal('close').notNull(),
    volume: decimal('volume'),
  },
  (t) => [
    primaryKey({ columns: [t.instrumentId, t.timeframe, t.ts, t.sourceId] }),
    check('market_data_bars_prices', sql`${t.low} > 0 and ${t.high} >= ${t.low} and ${t.high} < 'Infinity'`),
    index('market_data_bars_write_id')
      .using('brin', t.writeId)
      .with({ pages_per_range: 32, autosummarize: true }),
  ],
)
