import { sql } from 'drizzle-orm'
import { bigint, boolean, check, date, integer, pgTable, primaryKey, smallint } from 'drizzle-orm/pg-core'
import { decimal } from '../decimal-type.ts'
import { micros } from '../micros-type.ts'
import { basisEnum } from './vocabulary.ts'

/**
 * A session of an instrument by one source on one basis. Not partitioned: decades of it are few rows.
 * `open_ts` and `close_ts` say when the open and the close were observed while the day is rolled up; they are
 * null where the vendor gave the day as a whole.
 */
export const marketDataDaily = pgTable(
  'market_data_daily',
  {
    instrumentId: integer('instrument_id').notNull(),
    sessionDate: date('session_date', { mode: 'string' }).notNull(),
    sourceId: smallint('source_id').notNull(),
    settled: boolean('settled').notNull(),
    basis: basisEnum('basis').notNull(),
    writeId: bigint('write_id', { mode: 'number' }).notNull(),
    openTs: micros('open_ts'),
    closeTs: micros('close_ts'),
    open: decimal('open').notNull(),
    high: decimal('high').notNull(),
    low: decimal('low').notNull(),
    close: decimal('close').notNull(),
    volume: decimal('volume'),
  },
  (t) => [
    primaryKey({ columns: [t.instrumentId, t.sessionDate, t.sourceId, t.basis] }),
    check('market_data_daily_prices', sql`${t.low} > 0 and ${t.high} >= ${t.low} and ${t.high} < 'Infinity'`),
  ],
)
