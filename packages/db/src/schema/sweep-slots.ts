import { bigint, integer, pgTable, primaryKey, smallint, text } from 'drizzle-orm/pg-core'
import { micros } from '../micros-type.ts'
import { assetClassEnum } from './vocabulary.ts'

/**
 * Slots of a tier and asset class on the market clock, each won by one daemon: a row is a slot that somebody claimed.
 * The lease is on the server's clock, everything else is market time. Old rows are trimmed.
 */
export const sweepSlots = pgTable(
  'sweep_slots',
  {
    tier: text('tier').notNull(),
    assetClass: assetClassEnum('asset_class').notNull(),
    slotAt: micros('slot_at').notNull(),
    frequencyS: integer('frequency_s').notNull(),
    claimedBy: text('claimed_by').notNull(),
    claimedAt: micros('claimed_at').notNull(),
    leaseUntil: micros('lease_until').notNull(),
    attempts: smallint('attempts').notNull().default(1),
    /** Why the last attempt came to nothing. */
    problem: text('problem'),
    /** When the sweep that served it began, and when its rows were on the tape. */
    sweptAt: micros('swept_at'),
    servedAt: micros('served_at'),
    /** Since the sweep before, where the venue did not close in between. */
    intervalUs: bigint('interval_us', { mode: 'number' }),
    asked: integer('asked').notNull().default(0),
    accepted: integer('accepted').notNull().default(0),
    missing: integer('missing').notNull().default(0),
    delayedMinutes: smallint('delayed_minutes').notNull().default(0),
  },
  (t) => [primaryKey({ columns: [t.tier, t.assetClass, t.slotAt] })],
)
