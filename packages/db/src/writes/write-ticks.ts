import type { Writable } from 'node:stream'
import { isoFromMicros } from '@onetape/market'
import type { PoolClient } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { decimalArray, microsArray, plainArray, slicesOf, spanOf } from '../array-text.ts'
import { nothingWritten, type TickRow, tally, type WriteContext, type Written } from '../batch.ts'
import { type Bytes, copyRows } from '../binary.ts'
import { roundsOf } from '../rounds.ts'
import type { TickPlan } from '../shards/plan-ticks.ts'
import type { Queryable } from '../transaction.ts'

/** Fewer are inserted: a COPY takes more messages. */
const COPIED_FROM = 64

const COPY =
  'copy market_data_ticks (ts, write_id, instrument_id, source_id, price, volume) from stdin binary'

const OFFERED = `offered as materialized (
  select * from unnest($1::int[], $2::timestamptz[], $3::numeric[], $4::numeric[]) as o (instrument_id, ts, price, volume)
)`

const INSERT = `with ${OFFERED},
inserted as (
  insert into market_data_ticks (ts, write_id, instrument_id, source_id, price, volume)
  select ts, $6, instrument_id, $5, price, volume from offered order by instrument_id, ts
  on conflict (instrument_id, ts, source_id) do nothing
  returning ts
)
select count(*)::int as inserted, min(ts) as min_ts, max(ts) as max_ts from inserted`

// The first value stays. A contradiction is told once, however often the vendor repeats it.
const RESTATE = `with ${OFFERED},
differing as (
  select o.instrument_id, o.ts, jsonb_build_object('price', t.price, 'volume', t.volume) as old,
         jsonb_build_object('price', o.price, 'volume', o.volume) as new
  from offered o
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

/**
 * Append-only; the first value of (instrument, source, ts) is kept. Under the locks of the ticks' shards.
 * @param o.meanwhile done while the server is busy with a COPY, if there is one
 */
export async function writeTicks(
  client: PoolClient,
  plan: TickPlan,
  o: { offered: number; at: WriteContext; meanwhile?: () => void },
): Promise<Written> {
  const written = nothingWritten(o.offered)
  const { direct, doubtful } = plan
  if (direct.length >= COPIED_FROM) {
    let { meanwhile } = o
    for (const slice of slicesOf(direct)) {
      await copyIn(client, { statement: COPY, bytes: rowsOf(slice, o.at), meanwhile })
      meanwhile = undefined
    }
    let [minTs, maxTs] = [Infinity, -Infinity]
    for (const { ts } of direct) {
      minTs = Math.min(minTs, ts)
      maxTs = Math.max(maxTs, ts)
    }
    tally(written, { inserted: direct.length, minTs, maxTs })
  } else if (direct.length > 0) await insert(client, direct, o.at, written)
  for (const round of roundsOf(doubtful, (t) => `${t.instrumentId} ${t.ts}`)) {
    for (const slice of slicesOf(round)) await insert(client, slice, o.at, written)
  }
  return written
}

async function insert(
  client: Queryable,
  ticks: readonly TickRow[],
  at: WriteContext,
  written: Written,
): Promise<void> {
  const columns = [
    plainArray(ticks, (t) => t.instrumentId),
    microsArray(ticks, (t) => t.ts),
    decimalArray(ticks, (t) => t.price),
    decimalArray(ticks, (t) => t.volume),
  ]
  const { rows } = await client.query(INSERT, [...columns, at.sourceId, at.writeId])
  const { inserted, min_ts: minTs, max_ts: maxTs } = rows[0]
  tally(written, { inserted, minTs, maxTs })
  if (inserted === ticks.length) return
  const { rows: told } = await client.query(RESTATE, [
    ...columns,
    at.sourceId,
    at.writeId,
    isoFromMicros(at.fetchedAt),
    ...spanOf(ticks),
  ])
  written.restated += told[0].restated
}

const rowsOf = (ticks: readonly TickRow[], at: WriteContext): Bytes =>
  copyRows(ticks, {
    columns: 6,
    write(bytes: Bytes, tick) {
      bytes.int32(8)
      bytes.instant(tick.ts)
      bytes.int32(4)
      bytes.int32(at.writeId)
      bytes.int32(4)
      bytes.int32(tick.instrumentId)
      bytes.int32(2)
      bytes.int16(at.sourceId)
      bytes.numeric(tick.price)
      if (tick.volume === null) bytes.int32(-1)
      else bytes.numeric(tick.volume)
    },
  })

async function copyIn(
  client: PoolClient,
  o: { statement: string; bytes: Bytes; meanwhile: (() => void) | undefined },
): Promise<void> {
  const stream: Writable = client.query(copyFrom(o.statement))
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  stream.on('error', reject)
  stream.on('finish', resolve)
  stream.write(o.bytes.taken(), (error) => {
    if (error) return
    stream.end()
    // Other parts that can be sent go first.
    setImmediate(() => o.meanwhile?.())
  })
  await promise
  o.bytes.giveBack()
}
