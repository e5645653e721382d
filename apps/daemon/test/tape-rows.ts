// What the tests look at that no read function of the tape shows: single ticks, findings.
import { type Db, readBatchAttempts } from '@onetape/db'
import type { KeptAttempt } from '../src/ingest/attempt-trail.ts'

export interface StoredTick {
  instrument_id: number
  ts: number
  price: number
  volume: number | null
}

export async function readTicks(db: Db): Promise<StoredTick[]> {
  const { rows } = await db.pool.query(
    'select instrument_id, ts, price, volume from market_data_ticks order by ts',
  )
  return rows
}

/** What the newest batch of each source kept of how it came, by source. */
export async function readAttempts(db: Db): Promise<Map<string, KeptAttempt[]>> {
  const { rows } = await db.pool.query<{ name: string; id: number }>(
    `select s.name, max(b.id) as id from tape_batches b join sources s on s.id = b.source_id
     where b.id is not null group by s.name order by max(b.id)`,
  )
  const kept = rows.map(async ({ name, id }) => [name, await readBatchAttempts(db, Number(id))] as const)
  return new Map((await Promise.all(kept)) as [string, KeptAttempt[]][])
}

export interface StoredFinding {
  kind: string
  symbol: string
  evidence: Record<string, unknown>
}

export async function readFindings(db: Db): Promise<StoredFinding[]> {
  const { rows } = await db.pool.query('select kind, symbol, evidence from quality_findings order by id')
  return rows
}
