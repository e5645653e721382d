import { sql } from 'drizzle-orm'
import { bigint, pgTable } from 'drizzle-orm/pg-core'
import { micros } from '../micros-type.ts'

/** How far the market clock runs ahead of the wall clock, newest row last; from..to is the span jumped over. */
export const marketClockShifts = pgTable('market_clock_shifts', {
  id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  shiftUs: bigint('shift_us', { mode: 'number' }).notNull(),
  fromTs: micros('from_ts').notNull(),
  toTs: micros('to_ts').notNull(),
  createdAt: micros('created_at').notNull().default(sql`now()`),
})
