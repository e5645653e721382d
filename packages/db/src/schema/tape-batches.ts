import { sql } from 'drizzle-orm'
import { bigint, check, index, integer, jsonb, pgTable, smallint, text } from 'drizzle-orm/pg-core'
import { micros } from '../micros-type.ts'
import { sources } from './sources.ts'

/**
 * The ledger of written batches, the only cursor. `write_id` is taken first and stamped on the rows; `id` is
 * taken last, under an advisory lock held to the commit, so that ids become visible in order. A null id is open.
 */
export const tapeBatches = pgTable(
  'tape_batches',
  {
    writeId: bigint('write_id', { mode: 'number' }).primaryKey().generatedByDefaultAsIdentity(),
    id: bigint('id', { mode: 'number' }).unique('tape_batches_id'),
    kind: text('kind', { enum: ['ticks', 'bars', 'daily', 'import'] }).notNull(),
    sourceId: smallint('source_id')
      .notNull()
      .references(() => sources.id),
    feed: text('feed').notNull(),
    fetchedAt: micros('fetched_at').notNull(),
    /** Span of the ticks and bars written; where there are none, of the days, else of the latest rows. */
    minTs: micros('min_ts'),
    maxTs: micros('max_ts'),
    rowsOffered: integer('rows_offered').notNull(),
    rowsWritten: integer('rows_written').notNull(),
    /** Ticks and bars among them: what a roll-up reads. */
    eventsWritten: integer('events_written').notNull(),
    /** Which sources were asked before this answer came, and why the others were not; for receipts. */
    attempts: jsonb('attempts'),
    createdAt: micros('created_at').notNull().default(sql`now()`),
  },
  (t) => [
    check('tape_batches_kind', sql`${t.kind} in ('ticks', 'bars', 'daily', 'import')`),
    index('tape_batches_open').on(t.writeId).where(sql`${t.id} is null`),
  ],
)
