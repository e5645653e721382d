import { ASSET_CLASSES, type AssetClass, isoFromMicros, type Micros } from '@onetape/market'
import { decimalArray, microsArray, plainArray, slicesOf } from '../array-text.ts'
import type { LatestRow, WriteContext } from '../batch.ts'
import type { Queryable } from '../transaction.ts'

// $21: the sources that go before this one ($22: whether the house order names it at all); $23: what is stale.
// The same moment told again by the same source brings its newer bid, ask and day, never another price.
const UPSERT = `with offered as (
  select * from unnest($1::int[], $2::timestamptz[], $3::smallint[], $4::date[], $5::numeric[], $6::numeric[],
      $7::numeric[], $8::numeric[], $9::numeric[], $10::numeric[], $11::numeric[], $12::numeric[], $13::numeric[],
      $14::numeric[], $15::numeric[], $16::text[], $17::text[])
    as o (instrument_id, ts, delayed_minutes, session_date, last, bid, ask, bid_size, ask_size, day_open, day_high,
          day_low, day_close, volume, previous_close, feed, ts_origin)
),
moved as (
  insert into market_data_latest as l
    (instrument_id, ts, delayed_minutes, session_date, last, bid, ask, bid_size, ask_size, day_open, day_high, day_low,
     day_close, volume, previous_close, feed, ts_origin, source_id, write_id, fetched_at)
  select o.*, $18::smallint, $19::bigint, $20::timestamptz from offered o order by o.instrument_id
  on conflict (instrument_id) do update
  set ts = excluded.ts, delayed_minutes = excluded.delayed_minutes, session_date = excluded.session_date,
      last = excluded.last, bid = excluded.bid, ask = excluded.ask, bid_size = excluded.bid_size,
      ask_size = excluded.ask_size, day_open = excluded.day_open, day_high = excluded.day_high,
      day_low = excluded.day_low, day_close = excluded.day_close, volume = excluded.volume,
      previous_close = excluded.previous_close, feed = excluded.feed, ts_origin = excluded.ts_origin,
      source_id = excluded.source_id, write_id = excluded.write_id, fetched_at = excluded.fetched_at
  where (excluded.ts > l.ts
          and (l.source_id = excluded.source_id or ($22 and l.source_id <> all ($21::smallint[])) or l.ts < $23))
     or (excluded.ts = l.ts and l.source_id = excluded.source_id and excluded.last = l.last
          and excluded.fetched_at > l.fetched_at
          and row (excluded.bid, excluded.ask, excluded.bid_size, excluded.ask_size, excluded.day_open,
                   excluded.day_high, excluded.day_low, excluded.day_close, excluded.volume, excluded.previous_close)
              is distinct from row (l.bid, l.ask, l.bid_size, l.ask_size, l.day_open,
                   l.day_high, l.day_low, l.day_close, l.volume, l.previous_close))
  returning l.instrument_id
)
select count(*)::int as moved from moved`

export interface LatestContext extends WriteContext {
  classes: ReadonlyMap<number, AssetClass>
  /** Ids of the house order of a class, best first. */
  orderOf(assetClass: AssetClass): readonly number[]
  /** An event older than this may be replaced by any source's newer one. */
  staleBefore: Micros
}

/** @returns how many instruments moved. */
export async function writeLatest(
  client: Queryable,
  rows: readonly LatestRow[],
  at: LatestContext,
): Promise<number> {
  let moved = 0
  const newest = newestPerInstrument(rows)
  for (const assetClass of ASSET_CLASSES) {
    const ofClass = newest.filter((row) => at.classes.get(row.instrumentId) === assetClass)
    const order = at.orderOf(assetClass)
    const place = order.indexOf(at.sourceId)
    for (const slice of slicesOf(ofClass)) {
      const { rows: outcome } = await client.query(UPSERT, [
        ...columnsOf(slice),
        at.sourceId,
        at.writeId,
        isoFromMicros(at.fetchedAt),
        `{${order.slice(0, Math.max(place, 0)).join(',')}}`,
        place >= 0,
        isoFromMicros(at.staleBefore),
      ])
      moved += outcome[0].moved
    }
  }
  return moved
}

/** By instrument, which is also the order of locking; of the same moment the one offered last. */
function newestPerInstrument(rows: readonly LatestRow[]): LatestRow[] {
  const newest = new Map<number, LatestRow>()
  for (const row of rows) {
    const other = newest.get(row.instrumentId)
    if (!other || row.ts >= other.ts) newest.set(row.instrumentId, row)
  }
  return [...newest.values()].sort((a, b) => a.instrumentId - b.instrumentId)
}

const quoted = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`

const columnsOf = (rows: readonly LatestRow[]): string[] => [
  plainArray(rows, (r) => r.instrumentId),
  microsArray(rows, (r) => r.ts),
  plainArray(rows, (r) => r.delayedMinutes),
  plainArray(rows, (r) => r.sessionDate),
  decimalArray(rows, (r) => r.last),
  decimalArray(rows, (r) => r.bid),
  decimalArray(rows, (r) => r.ask),
  decimalArray(rows, (r) => r.bidSize),
  decimalArray(rows, (r) => r.askSize),
  decimalArray(rows, (r) => r.day?.open ?? null),
  decimalArray(rows, (r) => r.day?.high ?? null),
  decimalArray(rows, (r) => r.day?.low ?? null),
  decimalArray(rows, (r) => r.day?.close ?? null),
  decimalArray(rows, (r) => (r.volume === undefined ? (r.day?.volume ?? null) : r.volume)),
  decimalArray(rows, (r) => r.previousClose),
  plainArray(rows, (r) => quoted(r.feed)),
  plainArray(rows, (r) => r.tsOrigin),
]
