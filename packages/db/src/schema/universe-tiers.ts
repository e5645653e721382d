import { boolean, integer, pgTable, smallint, text } from 'drizzle-orm/pg-core'

/** How often a group of instruments is asked for. Rows, editable while the daemon runs; shipped by migration. */
export const universeTiers = pgTable('universe_tiers', {
  name: text('name').primaryKey(),
  frequencyS: integer('frequency_s').notNull(),
  /** 1 is the most urgent. */
  priority: smallint('priority').notNull(),
  enabled: boolean('enabled').notNull().default(true),
})
