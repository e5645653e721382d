import { sql } from 'drizzle-orm'
import { bigint, check, date, integer, pgTable, smallint, text } from 'drizzle-orm/pg-core'
import { decimal } from '../decimal-type.ts'
import { micros } from '../micros-type.ts'

/** One row per instrument, exact at commit. No index but its key and room on each page, so that updates stay HOT. */
export const marketDataLatest = pgTable(
  'market_data_latest',
  {
    instrumentId: integer('instrument_id').primaryKey(),
    ts: micros('ts').notNull(),
    fetchedAt: micros('fetched_at').notNull(),
    writeId: bigint('write_id', { mode: 'number' }).notNull(),
    sourceId: smallint('source_id').notNull(),
    delayedMinutes: smallint('delayed_minutes').notNull(),
    sessionDate: date('session_date', { mode: 'string' }).notNull(),
    last: decimal('last').notNull(),
    bid: decimal('bid'),
    ask: decimal('ask'),
    bidSize: decimal('bid_size'),
    askSize: decimal('ask_size'),
    dayOpen: decimal('day_open'),
    dayHigh: decimal('day_high'),
    dayLow: decimal('day_low'),
    dayClose: decimal('day_close'),
    volume: decimal('volume'),
    previousClose: decimal('previous_close'),
    feed: text('feed').notNull(),
    tsOrigin: text('ts_origin', { enum: ['vendor', 'response'] }).notNull(),
  },
  (t) => [check('market_data_latest_last', sql`${t.last} > 0 and ${t.last} < 'Infinity'`)],
)
