import { doublePrecision, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { micros } from '../micros-type.ts'
import { assetClassEnum } from './vocabulary.ts'

/** What cadence a tier really had in an hour of market time. Due slots are those served and those missed. */
export const tierCadence = pgTable(
  'tier_cadence',
  {
    tier: text('tier').notNull(),
    assetClass: assetClassEnum('asset_class').notNull(),
    hourAt: micros('hour_at').notNull(),
    frequencyS: integer('frequency_s').notNull(),
    served: integer('served').notNull().default(0),
    /** Of those served: some instruments found no answer. */
    partial: integer('partial').notNull().default(0),
    missed: integer('missed').notNull().default(0),
    /** Between the beginnings of two sweeps. */
    intervalMedianMs: doublePrecision('interval_median_ms'),
    intervalMaxMs: doublePrecision('interval_max_ms'),
    /** From the beginning of the slot until its rows were on the tape. */
    lateMedianMs: doublePrecision('late_median_ms'),
    lateMaxMs: doublePrecision('late_max_ms'),
  },
  (t) => [primaryKey({ columns: [t.tier, t.assetClass, t.hourAt] })],
)
