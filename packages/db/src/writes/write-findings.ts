import { isoFromMicros, type Micros } from '@onetape/market'
import type { FindingRow } from '../batch.ts'
import type { Db } from '../connect.ts'
import { readEnvironment } from '../reads/read-environment.ts'
import type { Queryable } from '../transaction.ts'
import { sourceIds } from './source-ids.ts'

// The same finding, seen again, is the same row.
const INSERT = `insert into quality_findings (kind, instrument_id, symbol, ts, evidence, source_id, at)
select f.kind, f.instrument_id, f.symbol, f.ts, coalesce(f.evidence, 'null'::jsonb), $2, $3
from jsonb_to_recordset($1::jsonb)
  as f (kind text, instrument_id int, symbol text, ts timestamptz, evidence jsonb)
order by f.symbol, f.kind, f.ts
on conflict do nothing`

/** Inside a batch's transaction. */
export async function insertFindings(
  client: Queryable,
  rows: readonly FindingRow[],
  at: { sourceId: number; fetchedAt: Micros },
): Promise<void> {
  if (rows.length === 0) return
  const records = rows.map((f) => ({
    kind: f.kind,
    instrument_id: f.instrumentId,
    symbol: f.symbol,
    ts: f.ts === null ? null : isoFromMicros(f.ts),
    evidence: f.evidence,
  }))
  // NUL is the one character that Postgres text cannot hold, and garbage from a wire may have it.
  const text = JSON.stringify(records).replaceAll('\\u0000', '\\ufffd')
  await client.query(INSERT, [text, at.sourceId, isoFromMicros(at.fetchedAt)])
}

/** What the quality gate kept out of the tape, outside of any batch. @param at market time; default: now, by the database's shift. */
export async function writeFindings(
  db: Db,
  source: string,
  rows: readonly FindingRow[],
  at?: Micros,
): Promise<void> {
  const ids = await sourceIds(db, [source])
  const fetchedAt = at ?? Date.now() * 1000 + (await readEnvironment(db)).shiftUs
  await insertFindings(db.pool, rows, { sourceId: ids.get(source)!, fetchedAt })
}
