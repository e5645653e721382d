import { isoFromMicros } from '@onetape/market'
import { decimalArray, microsArray, plainArray, slicesOf, spanOf } from '../array-text.ts'
import { type BarRow, nothingWritten, tally, type WriteContext, type Written } from '../batch.ts'
import { roundsOf } from '../rounds.ts'
import { lockFor, type Queryable } from '../transaction.ts'

const OFFERED = `offered as materialized (
  select * from unnest($1::int[], $2::timeframe[], $3::timestamptz[], $4::basis[], $5::boolean[],
                       $6::numeric[], $7::numeric[], $8::numeric[], $9::numeric[], $10::numeric[])
    as o (instrument_id, timeframe, ts, basis, final, open, high, low, close, volume)
)`

const INSERT = `with ${OFFERED},
inserted as (
  insert into market_data_bars
    (ts, write_id, instrument_id, timeframe, basis, source_id, final, open, high, low, close, volume)
  select ts, $12, instrument_id, timeframe, basis, $11, final, open, high, low, close, volume
  from offered order by instrument_id, timeframe, ts
  on conflict (instrument_id, timeframe, ts, source_id) do nothing
  returning ts
)
select count(*)::int as inserted, min(ts) as min_ts, max(ts) as max_ts from inserted`

// The span of ts prunes partitions. An open bar moves freely and becomes final once; a final one changes only into another final one.
const CHANGING = `from offered o
  join market_data_bars b
    on b.instrument_id = o.instrument_id and b.timeframe = o.timeframe and b.ts = o.ts and b.source_id = $11
     and b.ts between $12 and $13
  where case when b.final <> o.final then o.final
             else (b.basis, b.open, b.high, b.low, b.close) <> (o.basis, o.open, o.high, o.low, o.close)
                  or b.volume is distinct from o.volume end`

const COUNT_CHANGING = `with ${OFFERED} select count(*)::int as changing ${CHANGING}`

const valuesOf = (row: string) =>
  `jsonb_build_object('basis', ${row}.basis, 'open', ${row}.open, 'high', ${row}.high, 'low', ${row}.low,
                      'close', ${row}.close, 'volume', ${row}.volume)`

const UPDATE = `with ${OFFERED},
changing as materialized (
  select o.*, b.final as was_final, ${valuesOf('b')} as old_values ${CHANGING}
),
updated as (
  update market_data_bars b
  set write_id = $14, basis = c.basis, final = c.final, open = c.open, high = c.high, low = c.low, close = c.close,
      volume = c.volume
  from changing c
  where b.instrument_id = c.instrument_id and b.timeframe = c.timeframe and b.ts = c.ts and b.source_id = $11
    and b.ts between $12 and $13
  returning b.ts
),
restated as (
  insert into market_data_restatements
    (instrument_id, source_id, what, timeframe, ts, basis, old, new, write_id, at)
  select c.instrument_id, $11, 'bar', c.timeframe, c.ts, c.basis, c.old_values, ${valuesOf('c')}, $14, $15
  from changing c where c.was_final
  returning ts
)
select (select count(*) from restated)::int as restated, count(*)::int as updated, min(ts) as min_ts, max(ts) as max_ts
from updated`

/**
 * All inserts first, without a lock; then, if any bar changes, the changes under this source's lock, so that the old
 * value in a restatement is the one that was replaced. In this order two writers cannot wait for each other.
 */
export async function writeBars(
  client: Queryable,
  bars: readonly BarRow[],
  at: WriteContext,
): Promise<Written> {
  const written = nothingWritten(bars.length)
  const [first = [], ...repeats] = roundsOf(
    [...bars].sort(byKey),
    (b) => `${b.instrumentId} ${b.timeframe} ${b.ts}`,
  )
  const known: (readonly BarRow[])[] = []
  for (const slice of slicesOf(first)) {
    const { rows } = await client.query(INSERT, [...columnsOf(slice), at.sourceId, at.writeId])
    const { inserted, min_ts: minTs, max_ts: maxTs } = rows[0]
    tally(written, { inserted, minTs, maxTs })
    if (inserted < slice.length) known.push(slice)
  }
  for (const round of repeats) known.push(...slicesOf(round))
  for (const slice of known) await change(client, slice, at, written)
  return written
}

async function change(
  client: Queryable,
  bars: readonly BarRow[],
  at: WriteContext,
  written: Written,
): Promise<void> {
  const values = [...columnsOf(bars), at.sourceId, ...spanOf(bars)]
  const { rows: found } = await client.query(COUNT_CHANGING, values)
  if (found[0].changing === 0) return
  await lockFor(client, 'bars', at.sourceId)
  const { rows } = await client.query(UPDATE, [...values, at.writeId, isoFromMicros(at.fetchedAt)])
  const { updated, restated, min_ts: minTs, max_ts: maxTs } = rows[0]
  tally(written, { updated, restated, minTs, maxTs })
}

const byKey = (a: BarRow, b: BarRow) =>
  a.instrumentId - b.instrumentId ||
  (a.timeframe < b.timeframe ? -1 : a.timeframe > b.timeframe ? 1 : a.ts - b.ts)

const columnsOf = (bars: readonly BarRow[]): string[] => [
  plainArray(bars, (b) => b.instrumentId),
  plainArray(bars, (b) => b.timeframe),
  microsArray(bars, (b) => b.ts),
  plainArray(bars, (b) => b.basis),
  plainArray(bars, (b) => b.final),
  decimalArray(bars, (b) => b.open),
  decimalArray(bars, (b) => b.high),
  decimalArray(bars, (b) => b.low),
  decimalArray(bars, (b) => b.close),
  decimalArray(bars, (b) => b.volume),
]
