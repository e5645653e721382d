import { sql } from 'drizzle-orm'
import { bigint, check, index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { micros } from '../micros-type.ts'
import { backfillRuns } from './backfill-runs.ts'
import { timeframeEnum } from './vocabulary.ts'

/** A piece of a backfill: claimed under a lease (wall clock), so that a killed worker's chunk is claimed again. */
export const backfillChunks = pgTable(
  'backfill_chunks',
  {
    runId: bigint('run_id', { mode: 'number' })
      .notNull()
      .references(() => backfillRuns.id),
    seq: integer('seq').notNull(),
    instrumentId: integer('instrument_id').notNull(),
    timeframe: timeframeEnum('timeframe').notNull(),
    fromTs: micros('from_ts').notNull(),
    toTs: micros('to_ts').notNull(),
    status: text('status', { enum: ['planned', 'running', 'done', 'failed'] })
      .notNull()
      .default('planned'),
    source: text('source'),
    rowsOffered: integer('rows_offered').notNull().default(0),
    rowsWritten: integer('rows_written').notNull().default(0),
    attempts: integer('attempts').notNull().default(0),
    error: text('error'),
    leaseUntil: micros('lease_until'),
    worker: text('worker'),
  },
  (t) => [
    primaryKey({ columns: [t.runId, t.seq] }),
    check('backfill_chunks_status', sql`${t.status} in ('planned', 'running', 'done', 'failed')`),
    index('backfill_chunks_open').on(t.runId, t.seq).where(sql`${t.status} in ('planned', 'running')`),
  ],
)
