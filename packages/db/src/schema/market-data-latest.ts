import { sql } from 'drizzle-orm'
import { check, date, doublePrecision, integer, pgTable, smallint, text } from 'drizzle-orm/pg-core'
import { micros } from '../micros-type.ts'

/**
 * One row per instrument, exact at commit. No index but its key, and room on each page for a second version of every
 * row, so that updates stay HOT. Its figures are the numbers that our code holds, unchanged: a price has up to 15
 * digits, which a double carries exactly, and reading 13 NUMERICs per row took most of an update's time.
 */
export const marketDataLatest = pgTable(
  'market_data_latest',
  {
    instrumentId: integer('instrument_id').primaryKey(),
    ts: micros('ts').notNull(),
    fetchedAt: micros('fetched_at').notNull(),
    writeId: integer('write_id').notNull(),
    sourceId: smallint('source_id').notNull(),
    delayedMinutes: smallint('delayed_minutes').notNull(),
    sessionDate: date('session_date', { mode: 'string' }).notNull(),
    last: doublePrecision('last').notNull(),
    bid: doublePrecision('bid'),
    ask: doublePrecision('ask'),
    bidSize: doublePrecision('bid_size'),
    askSize: doublePrecision('ask_size'),
    dayOpen: doublePrecision('day_open'),
    dayHigh: doublePrecision('day_high'),
    dayLow: doublePrecision('day_low'),
    dayClose: doublePrecision('day_close'),
    volume: doublePrecision('volume'),
    previousClose: doublePrecision('previous_close'),
    feed: text('feed').notNull(),
    tsOrigin: text('ts_origin', { enum: ['vendor', 'response'] }).notNull(),
  },
  (t) => [check('market_data_latest_last', sql`${t.last} > 0 and ${t.last} < 'Infinity'`)],
)
