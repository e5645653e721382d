import { isoFromMicros } from '@onetape/market'
import { slicesOf } from '../array-text.ts'
import type { LatestRow, WriteContext } from '../batch.ts'
import { float8Array, instantArray, int4Array } from '../binary.ts'
import type { Queryable } from '../transaction.ts'
import type { LatestMove, LatestPlan } from './plan-latest.ts'

// What the rows of a batch share is one parameter: $14 to $20.
const OFFERED = `unnest($1::int[], $2::timestamptz[], $3::float8[], $4::float8[], $5::float8[], $6::float8[], $7::float8[],
    $8::float8[], $9::float8[], $10::float8[], $11::float8[], $12::float8[], $13::float8[])
  as o (instrument_id, ts, last, bid, ask, bid_size, ask_size, day_open, day_high, day_low, day_close, volume,
        previous_close)`

const UPDATE = `update market_data_latest l
set ts = o.ts, fetched_at = $14::timestamptz, write_id = $15::int, source_id = $16::smallint,
    delayed_minutes = $17::smallint, session_date = $18::date, feed = $19::text, ts_origin = $20::text, last = o.last,
    bid = o.bid, ask = o.ask, bid_size = o.bid_size, ask_size = o.ask_size, day_open = o.day_open,
    day_high = o.day_high, day_low = o.day_low, day_close = o.day_close, volume = o.volume,
    previous_close = o.previous_close
from ${OFFERED}
where l.instrument_id = o.instrument_id`

const INSERT = `insert into market_data_latest
  (instrument_id, ts, last, bid, ask, bid_size, ask_size, day_open, day_high, day_low, day_close, volume, previous_close,
   fetched_at, write_id, source_id, delayed_minutes, session_date, feed, ts_origin)
select o.*, $14::timestamptz, $15::int, $16::smallint, $17::smallint, $18::date, $19::text, $20::text
from ${OFFERED}`

/** Under the locks of the rows' shards. @returns how many instruments moved. */
export async function writeLatest(client: Queryable, plan: LatestPlan, at: WriteContext): Promise<number> {
  await write(client, { name: 'insert latest', text: INSERT }, plan.inserts, at)
  await write(client, { name: 'update latest', text: UPDATE }, plan.updates, at)
  return plan.inserts.length + plan.updates.length
}

async function write(
  client: Queryable,
  statement: { name: string; text: string },
  moves: readonly LatestMove[],
  at: WriteContext,
): Promise<void> {
  for (const alike of groupsOf(moves)) {
    const { row } = alike[0]!
    const shared = [
      isoFromMicros(at.fetchedAt),
      at.writeId,
      at.sourceId,
      row.delayedMinutes,
      row.sessionDate,
      row.feed,
      row.tsOrigin,
    ]
    for (const slice of slicesOf(alike))
      await client.query({ ...statement, values: [...columnsOf(slice), ...shared] })
  }
}

/** Rows that differ in their figures alone. */
function groupsOf(moves: readonly LatestMove[]): LatestMove[][] {
  const groups = new Map<string, LatestMove[]>()
  for (const move of moves) {
    const key = keyOf(move.row)
    const group = groups.get(key)
    if (group) group.push(move)
    else groups.set(key, [move])
  }
  return [...groups.values()]
}

const keyOf = (row: LatestRow) => `${row.sessionDate} ${row.delayedMinutes} ${row.tsOrigin} ${row.feed}`

const columnsOf = (moves: readonly LatestMove[]): Buffer[] => [
  int4Array(moves, (m) => m.row.instrumentId),
  instantArray(moves, (m) => m.held.ts),
  float8Array(moves, (m) => m.held.last),
  float8Array(moves, (m) => m.held.bid),
  float8Array(moves, (m) => m.held.ask),
  float8Array(moves, (m) => m.held.bidSize),
  float8Array(moves, (m) => m.held.askSize),
  float8Array(moves, (m) => m.held.dayOpen),
  float8Array(moves, (m) => m.held.dayHigh),
  float8Array(moves, (m) => m.held.dayLow),
  float8Array(moves, (m) => m.held.dayClose),
  float8Array(moves, (m) => m.held.volume),
  float8Array(moves, (m) => m.held.previousClose),
]
