import { sql } from 'drizzle-orm'
import { bigint, index, integer, jsonb, pgTable, smallint, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { micros } from '../micros-type.ts'
import { sources } from './sources.ts'

/** What the quality gate kept out of the tape. The same finding, seen again every minute, is one row. */
export const qualityFindings = pgTable(
  'quality_findings',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    kind: text('kind').notNull(),
    instrumentId: integer('instrument_id'),
    symbol: text('symbol').notNull(),
    sourceId: smallint('source_id')
      .notNull()
      .references(() => sources.id),
    ts: micros('ts'),
    evidence: jsonb('evidence').notNull(),
    at: micros('at').notNull(),
  },
  (t) => [
    uniqueIndex('quality_findings_once').on(
      t.symbol,
      t.kind,
      t.sourceId,
      sql`coalesce(${t.ts}, '-infinity'::timestamptz)`,
      sql`md5(${t.evidence}::text)`,
    ),
    index('quality_findings_at').on(t.at),
  ],
)
