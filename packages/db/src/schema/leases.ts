import { pgTable, text } from 'drizzle-orm/pg-core'
import { micros } from '../micros-type.ts'

/** Work that one process of many does, e.g. `stream:polygon`, until its lease runs out. Wall time. */
export const leases = pgTable('leases', {
  name: text('name').primaryKey(),
  holder: text('holder').notNull(),
  expiresAt: micros('expires_at').notNull(),
})
