// What the tests look at that no read function of the tape shows: single ticks, findings.
import type { Db } from '@onetape/db'

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

export interface StoredFinding {
  kind: string
  symbol: string
  evidence: Record<string, unknown>
}

export async function readFindings(db: Db): Promise<StoredFinding[]> {
  const { rows } = await db.pool.query('select kind, symbol, evidence from quality_findings order by id')
  return rows
}
