import { sql } from 'drizzle-orm'
import { index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { micros } from '../micros-type.ts'
import { instruments } from './instruments.ts'
import { universeTiers } from './universe-tiers.ts'

/** Which instruments a tier holds; an instrument in several belongs to its fastest. */
export const universeMembers = pgTable(
  'universe_members',
  {
    tier: text('tier')
      .notNull()
      .references(() => universeTiers.name),
    instrumentId: integer('instrument_id')
      .notNull()
      .references(() => instruments.id),
    addedAt: micros('added_at').notNull().default(sql`now()`),
  },
  (t) => [
    primaryKey({ columns: [t.tier, t.instrumentId] }),
    index('universe_members_instrument').on(t.instrumentId),
  ],
)
