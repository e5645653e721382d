import { sql } from 'drizzle-orm'
import { check, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { micros } from '../micros-type.ts'
import { assetClassEnum } from './vocabulary.ts'

/**
 * Slots that nobody served: from the first to the last of a run, market time. One sweep followed them, not one each.
 * `down`: no daemon looked; `vendor`: no source answered; `budget`: it was spent on what is more urgent; `busy`: the
 * sweep before took too long; `tape`: the database could not be asked.
 */
export const missedSlots = pgTable(
  'missed_slots',
  {
    tier: text('tier').notNull(),
    assetClass: assetClassEnum('asset_class').notNull(),
    fromAt: micros('from_at').notNull(),
    toAt: micros('to_at').notNull(),
    frequencyS: integer('frequency_s').notNull(),
    slots: integer('slots').notNull(),
    reason: text('reason', { enum: ['down', 'vendor', 'budget', 'busy', 'tape'] }).notNull(),
    notedAt: micros('noted_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tier, t.assetClass, t.fromAt] }),
    check('missed_slots_reason', sql`${t.reason} in ('down', 'vendor', 'budget', 'busy', 'tape')`),
  ],
)
