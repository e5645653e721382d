import { sql } from 'drizzle-orm'
import {
  bigint,
  check,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
} from 'drizzle-orm/pg-core'
import { micros } from '../micros-type.ts'
import { basisEnum, timeframeEnum } from './vocabulary.ts'

/** A vendor changed its mind: the old value, the new one, and the market time at which it was fetched. */
export const marketDataRestatements = pgTable(
  'market_data_restatements',
  {
    instrumentId: integer('instrument_id').notNull(),
    id: bigint('id', { mode: 'number' }).notNull().generatedAlwaysAsIdentity(),
    sourceId: smallint('source_id').notNull(),
    /** `settled`: the official bar of a day, and what the roll-up had made of it. */
    what: text('what', { enum: ['tick', 'bar', 'daily', 'action', 'settled'] }).notNull(),
    timeframe: timeframeEnum('timeframe'),
    ts: micros('ts'),
    /** The day of a daily bar, the ex-date of a corporate action. */
    sessionDate: date('session_date', { mode: 'string' }),
    basis: basisEnum('basis'),
    old: jsonb('old').notNull(),
    new: jsonb('new').notNull(),
    writeId: bigint('write_id', { mode: 'number' }).notNull(),
    at: micros('at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.instrumentId, t.id] }),
    index('market_data_restatements_day').on(t.sessionDate).where(sql`${t.sessionDate} is not null`),
    check('market_data_restatements_when', sql`(${t.ts} is null) <> (${t.sessionDate} is null)`),
  ],
)
