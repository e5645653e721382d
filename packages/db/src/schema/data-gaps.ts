import { sql } from 'drizzle-orm'
import { bigint, check, index, integer, pgTable, text } from 'drizzle-orm/pg-core'
import { micros } from '../micros-type.ts'
import { backfillRuns } from './backfill-runs.ts'
import { assetClassEnum, timeframeEnum } from './vocabulary.ts'

/**
 * What the tape should hold and does not: slots of a tier that nobody served, or one instrument that fell behind. A row
 * is never deleted and its span never shrinks; from, to and found are market time, the other instants the server's.
 */
export const dataGaps = pgTable(
  'data_gaps',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    /** Null: of all tiers. */
    tier: text('tier'),
    assetClass: assetClassEnum('asset_class').notNull(),
    /** Null: every member of the tier that the tape knew by then, see `instruments_to`. */
    instrumentId: integer('instrument_id'),
    timeframe: timeframeEnum('timeframe').notNull(),
    fromTs: micros('from_ts').notNull(),
    toTs: micros('to_ts').notNull(),
    why: text('why', {
      enum: ['daemon_down', 'restart', 'vendor_failing', 'budget', 'mute', 'clock_jump'],
    }).notNull(),
    /** `filled` also where the vendor had nothing to give: its complete answer closes a gap. */
    state: text('state', { enum: ['open', 'filling', 'filled', 'unfillable', 'no_data'] })
      .notNull()
      .default('open'),
    /** Why it cannot be filled, or what of it could not. */
    reason: text('reason'),
    foundAt: micros('found_at').notNull(),
    /** Expected slots that were missed. */
    slots: integer('slots').notNull(),
    /** The newest instrument that the tape knew before the gap; later ones miss nothing. */
    instrumentsTo: integer('instruments_to'),
    /** Its chunks; several gaps may be filled by one run. */
    runId: bigint('run_id', { mode: 'number' }).references(() => backfillRuns.id),
    piecesTotal: integer('pieces_total').notNull().default(0),
    piecesDone: integer('pieces_done').notNull().default(0),
    piecesFailed: integer('pieces_failed').notNull().default(0),
    rowsWritten: bigint('rows_written', { mode: 'number' }).notNull().default(0),
    calls: integer('calls').notNull().default(0),
    attempts: integer('attempts').notNull().default(0),
    lastError: text('last_error'),
    notBefore: micros('not_before'),
    startedAt: micros('started_at'),
    endedAt: micros('ended_at'),
  },
  (t) => [
    check(
      'data_gaps_why',
      sql`${t.why} in ('daemon_down', 'restart', 'vendor_failing', 'budget', 'mute', 'clock_jump')`,
    ),
    check('data_gaps_state', sql`${t.state} in ('open', 'filling', 'filled', 'unfillable', 'no_data')`),
    check('data_gaps_span', sql`${t.fromTs} < ${t.toTs}`),
    index('data_gaps_wanted').on(t.fromTs).where(sql`${t.state} in ('open', 'filling')`),
    index('data_gaps_scope').on(t.assetClass, t.tier, t.toTs),
    index('data_gaps_run').on(t.runId),
  ],
)
