import type { Micros, Ohlcv } from '@onetape/market'
import type { Db } from '../connect.ts'

/** What `market_data_latest` knows that the bars may not know yet. */
export interface LatestPrice {
  sourceId: number
  source: string
  ts: Micros
  last: number
  writeId: number
  sessionDate: string
  volume: number | null
  /** The vendor's own view of the session so far. */
  day: Omit<Ohlcv, 'volume'> | null
}

export async function latestOf(db: Db, instrumentId: number): Promise<LatestPrice | null> {
  const { rows } = await db.pool.query(
    `select l.source_id, s.name as source, l.ts, l.last, l.write_id, l.session_date, l.volume,
            l.day_open, l.day_high, l.day_low, l.day_close
     from market_data_latest l join sources s on s.id = l.source_id where l.instrument_id = $1`,
    [instrumentId],
  )
  const row = rows[0]
  if (!row) return null
  const [open, high, low, close] = [row.day_open, row.day_high, row.day_low, row.day_close]
  const known = open !== null && high !== null && low !== null && close !== null
  return {
    sourceId: row.source_id,
    source: row.source,
    ts: row.ts,
    last: row.last,
    writeId: row.write_id,
    sessionDate: row.session_date,
    volume: row.volume,
    day: known ? { open, high, low, close } : null,
  }
}
