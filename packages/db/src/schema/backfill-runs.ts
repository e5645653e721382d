import { sql } from 'drizzle-orm'
import { bigint, check, index, integer, pgTable, text } from 'drizzle-orm/pg-core'
import { micros } from '../micros-type.ts'

/** One asked-for backfill. The same request, still running, is resumed rather than planned again. */
export const backfillRuns = pgTable(
  'backfill_runs',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    days: integer('days').notNull(),
    /** Sorted; null means the whole universe. */
    symbols: text('symbols').array(),
    fromTs: micros('from_ts').notNull(),
    toTs: micros('to_ts').notNull(),
    status: text('status', { enum: ['running', 'done', 'failed'] }).notNull(),
    createdAt: micros('created_at').notNull().default(sql`now()`),
    finishedAt: micros('finished_at'),
  },
  (t) => [
    check('backfill_runs_status', sql`${t.status} in ('running', 'done', 'failed')`),
    index('backfill_runs_running').on(t.days).where(sql`${t.status} = 'running'`),
  ],
)
