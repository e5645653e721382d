import { isoFromMicros } from '@onetape/market'
import { decimalArray, microsArray, plainArray, slicesOf, spanOf } from '../array-text.ts'
import { nothingWritten, type TickRow, tally, type WriteContext, type Written } from '../batch.ts'
import { roundsOf } from '../rounds.ts'
import type { Queryable } from '../transaction.ts'

const OFFERED = `offered as materialized (
  select * from unnest($1::int[], $2::timestamptz[], $3::numeric[], $4::numeric[]) as o (instrument_id, ts, price, volume)
)`

// A later tick that repeats what this source said last is no new tick.
const MOVED = `moved as materialized (
  select o.* from offered o
  left join market_data_latest l on l.instrument_id = o.instrument_id and l.source_id = $5
  where l.instrument_id is null
     or not (l.ts < o.ts and l.last = o.price and l.volume is not distinct from o.volume)
)`

const INSERT = `with ${OFFERED},
${MOVED},
inserted as (
  insert into market_data_ticks (ts, write_id, instrument_id, source_id, price, volume)
  select ts, $6, instrument_id, $5, price, volume from moved order by instrument_id, ts
  on conflict (instrument_id, ts, source_id) do nothing
  returning ts
)
select (select count(*) from moved)::int as moved, count(*)::int as inserted, min(ts) as min_ts, max(ts) as max_ts
from inserted`

// The first value stays. A contradiction is told once, however often the vendor repeats it.
const RESTATE = `with ${OFFERED},
${MOVED},
differing as (
  select o.instrument_id, o.ts, jsonb_build_object('price', t.price, 'volume', t.volume) as old,
         jsonb_build_object('price', o.price, 'volume', o.volume) as new
  from moved o
  join market_data_ticks t on t.instrument_id = o.instrument_id and t.ts = o.ts and t.source_id = $5
    and t.ts between $8 and $9
  where t.price <> o.price or t.volume is distinct from o.volume
),
restated as (
  insert into market_data_restatements (instrument_id, source_id, what, ts, old, new, write_id, at)
  select d.instrument_id, $5, 'tick', d.ts, d.old, d.new, $6, $7 from differing d
  where not exists (
    select from market_data_restatements r
    where r.instrument_id = d.instrument_id and r.source_id = $5 and r.what = 'tick' and r.ts = d.ts and r.new = d.new
  )
  returning ts
)
select count(*)::int as restated from restated`

/** Append-only; the first value of (instrument, ts, source) is kept. */
export async function writeTicks(
  client: Queryable,
  ticks: readonly TickRow[],
  at: WriteContext,
): Promise<Written> {
  const written = nothingWritten(ticks.length)
  const sorted = [...ticks].sort((a, b) => a.instrumentId - b.instrumentId || a.ts - b.ts)
  for (const round of roundsOf(sorted, (t) => `${t.instrumentId} ${t.ts}`)) {
    for (const slice of slicesOf(round)) {
      const columns = [
        plainArray(slice, (t) => t.instrumentId),
        microsArray(slice, (t) => t.ts),
        decimalArray(slice, (t) => t.price),
        decimalArray(slice, (t) => t.volume),
      ]
      const { rows } = await client.query(INSERT, [...columns, at.sourceId, at.writeId])
      const { moved, inserted, min_ts: minTs, max_ts: maxTs } = rows[0]
      tally(written, { inserted, minTs, maxTs })
      if (inserted < moved) written.restated += await restate(client, slice, columns, at)
    }
  }
  return written
}

async function restate(
  client: Queryable,
  ticks: readonly TickRow[],
  columns: string[],
  at: WriteContext,
): Promise<number> {
  const { rows } = await client.query(RESTATE, [
    ...columns,
    at.sourceId,
    at.writeId,
    isoFromMicros(at.fetchedAt),
    ...spanOf(ticks),
  ])
  return rows[0].restated
}
