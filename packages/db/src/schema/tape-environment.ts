import { sql } from 'drizzle-orm'
import { boolean, check, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { micros } from '../micros-type.ts'

/** One row: what this database is. It is written once, by whoever prepares an empty database. */
export const tapeEnvironment = pgTable(
  'tape_environment',
  {
    onlyRow: boolean('only_row').primaryKey().default(true),
    mode: text('mode', { enum: ['demo', 'live'] }).notNull(),
    environmentId: uuid('environment_id').notNull().defaultRandom(),
    createdAt: micros('created_at').notNull().default(sql`now()`),
  },
  (t) => [
    check('tape_environment_only_row', sql`${t.onlyRow}`),
    check('tape_environment_mode', sql`${t.mode} in ('demo', 'live')`),
  ],
)
