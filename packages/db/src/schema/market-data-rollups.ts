import { sql } from 'drizzle-orm'
import { check, integer, pgTable, primaryKey, smallint } from 'drizzle-orm/pg-core'
import { decimal } from '../decimal-type.ts'
import { micros } from '../micros-type.ts'
import { basisEnum, timeframeEnum } from './vocabulary.ts'

/**
 * Intraday bars derived from 1m bars and ticks of one source, kept by following the ledger: 5m and 30m, the others are
 * made of these. Partitioned by ts like what they are made of. An open bucket is updated at every batch, on its page.
 */
export const marketDataRollups = pgTable(
  'market_data_rollups',
  {
    /** Start of the bucket. */
    ts: micros('ts').notNull(),
    /** When its open and its close were observed. */
    openTs: micros('open_ts').notNull(),
    closeTs: micros('close_ts').notNull(),
    /** What ticks alone make of it, in 5m buckets: bars may be restated, then these are folded in again. */
    tickOpenTs: micros('tick_open_ts'),
    tickCloseTs: micros('tick_close_ts'),
    /** The write that brought its newest part. */
    writeId: integer('write_id').notNull(),
    instrumentId: integer('instrument_id').notNull(),
    timeframe: timeframeEnum('timeframe').notNull(),
    basis: basisEnum('basis').notNull(),
    sourceId: smallint('source_id').notNull(),
    open: decimal('open').notNull(),
    high: decimal('high').notNull(),
    low: decimal('low').notNull(),
    close: decimal('close').notNull(),
    /** Sum of its 1m bars' volumes; null where it has none. */
    volume: decimal('volume'),
    /** The session's volume at its last tick; null where no tick told it. */
    cumulative: decimal('cumulative'),
    tickOpen: decimal('tick_open'),
    tickHigh: decimal('tick_high'),
    tickLow: decimal('tick_low'),
    tickClose: decimal('tick_close'),
  },
  (t) => [
    primaryKey({
      name: 'market_data_rollups_pk',
      columns: [t.instrumentId, t.timeframe, t.ts, t.sourceId, t.basis],
    }),
    check(
      'market_data_rollups_prices',
      sql`${t.low} > 0 and ${t.high} >= ${t.low} and ${t.high} < 'Infinity'`,
    ),
  ],
)
