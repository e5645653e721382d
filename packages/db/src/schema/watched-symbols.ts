import { integer, pgTable, uuid } from 'drizzle-orm/pg-core'
import { micros } from '../micros-type.ts'

/**
 * Which instruments somebody looks at now: a lease for each list that is shown, held for as long as its page renews it.
 * It says neither who looks nor at which list, so that the daemon may read it. One row a lease, whatever the length of
 * the list: a renewal writes one row.
 */
export const watchedSymbols = pgTable('watched_symbols', {
  leaseId: uuid('lease_id').primaryKey(),
  instrumentIds: integer('instrument_ids').array().notNull(),
  /** Wall time, of the server. */
  expiresAt: micros('expires_at').notNull(),
})
