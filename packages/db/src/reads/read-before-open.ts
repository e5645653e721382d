import { type AssetClass, type Micros, sessionDateOf, venueOf } from '@onetape/market'
import type { Db } from '../connect.ts'
import type { LatestMove } from './read-latest-moves.ts'

// The source that speaks now is asked first, for its word is what an open batch replaces. Of one that closed nothing
// since $2 nothing can have been missed: as a rule that is all of them.
const NEWEST_CLOSED = `
  select l.instrument_id, i.asset_class, l.delayed_minutes, l.ts_origin, l.session_date, l.previous_close,
         t.batch_id, t.source, t.feed, t.fetched_at, t.ts, t.price, t.volume
    from market_data_latest l
    join instruments i on i.id = l.instrument_id
   cross join lateral (
      select newest.*, s.name as source
        from sources s
       cross join lateral (
          select b.id as batch_id, b.feed, b.fetched_at, t.ts, t.price, t.volume
            from market_data_ticks t
            join tape_batches b on b.write_id = t.write_id
           where t.instrument_id = l.instrument_id and t.source_id = s.id and b.id is not null
           order by t.ts desc
           limit 1) newest
       order by s.id = l.source_id desc, newest.ts desc
       limit 1) t
   where l.instrument_id = any ($1::int[]) and t.batch_id > $2
     and ($2 = 0 or exists (select from tape_batches b where b.id > $2 and b.source_id = l.source_id))`

interface Found {
  instrument_id: number
  asset_class: AssetClass
  delayed_minutes: number
  ts_origin: LatestMove['tsOrigin']
  session_date: string
  previous_close: number | null
  batch_id: number
  source: string
  feed: string
  fetched_at: Micros
  ts: Micros
  price: number
  volume: number | null
}

/**
 * The last value that whole batches told of instruments whose latest row belongs to an open one: their newest tick.
 * @param o.afterBatchId only values that were told after that ledger id.
 */
export async function readBeforeOpen(
  db: Db,
  o: { instrumentIds: readonly number[]; afterBatchId?: number },
): Promise<LatestMove[]> {
  const { rows } = await db.pool.query<Found>(NEWEST_CLOSED, [o.instrumentIds, o.afterBatchId ?? 0])
  return rows.map(moveOf)
}

function moveOf(row: Found): LatestMove {
  const sessionDate = sessionDateOf(venueOf(row.asset_class), row.ts)
  return {
    instrumentId: row.instrument_id,
    batchId: row.batch_id,
    ts: row.ts,
    fetchedAt: row.fetched_at,
    source: row.source,
    feed: row.feed,
    delayedMinutes: row.delayed_minutes,
    tsOrigin: row.ts_origin,
    last: row.price,
    bid: null,
    ask: null,
    bidSize: null,
    askSize: null,
    dayOpen: null,
    dayHigh: null,
    dayLow: null,
    dayClose: null,
    volume: row.volume,
    previousClose: sessionDate === row.session_date ? row.previous_close : null,
    sessionDate,
  }
}
