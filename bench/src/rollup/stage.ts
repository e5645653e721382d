// Tapes for the benchmark of the roll-ups: sessions that are over, one that is almost over, one that just began.
import { createPartitionsFor, type Db, mintInstruments, rollUpBatches, sourceIds } from '@onetape/db'
import { DAY_US, isoFromMicros, MINUTE_US, type Micros, sessionOn } from '@onetape/market'

export interface StageOptions {
  instruments: number
  /** Whole sessions before the one under way. */
  history: number
  /** How many minutes of history lie between two ticks or bars of an instrument; buckets are all there. */
  historyEvery?: number
  /** Minutes of the session under way. */
  minutes: number
}

export interface Stage {
  db: Db
  ids: number[]
  sourceId: number
  /** Opens of the session that is almost over, and of the one that begins. */
  ending: Micros
  beginning: Micros
  minutes: number
}

const LAST_DATE = '2026-11-20'
const MINUTES_PER_SESSION = 390
/** Batches of the session under way hold this many minutes, so that the follower is level soon. */
const MINUTES_PER_BATCH = 5
const INSTRUMENTS_PER_STATEMENT = 1_000

export async function stage(db: Db, o: StageOptions): Promise<Stage> {
  const ids = await mint(db, o.instruments)
  const sourceId = (await sourceIds(db, ['polygon'])).get('polygon')!
  const opens = lastOpens(o.history + 2)
  const marketNow = opens.at(-1)!
  await createPartitionsFor(db, { marketNow, ticks: opens, bars: opens, rollups: opens })
  for (const open of opens.slice(0, -2))
    await fillHistory(db, { open, ids, sourceId, every: o.historyEvery ?? 1 })
  const [ending, beginning] = opens.slice(-2) as [Micros, Micros]
  await fillUnderWay(db, { open: ending, ids, sourceId, minutes: o.minutes })
  while ((await rollUpBatches(db, { limit: 1 })).batches > 0);
  await db.pool.query('vacuum (analyze)')
  await db.pool.query('checkpoint')
  return { db, ids, sourceId, ending, beginning, minutes: o.minutes }
}

async function mint(db: Db, count: number): Promise<number[]> {
  const symbolOf = (i: number) => `R${i.toString(36).toUpperCase().padStart(4, '0')}`
  const refs = Array.from({ length: count }, (_, i) => ({
    ref: { assetClass: 'equity' as const, symbol: symbolOf(i) },
  }))
  return (await mintInstruments(db, refs)).map((instrument) => instrument.id)
}

/** Opens of the newest sessions, oldest first. */
function lastOpens(count: number): Micros[] {
  const opens: Micros[] = []
  for (let at = Date.parse(LAST_DATE); opens.length < count; at -= DAY_US / 1000) {
    const session = sessionOn('XNYS', new Date(at).toISOString().slice(0, 10))
    if (session) opens.unshift(session.open)
  }
  return opens
}

/** A price by instrument and minute that is no pattern to the server. */
const PRICE = `round(50 + (hashint4(i.id * 977 + m) & 1023)::numeric / 100, 2)`
const AT = `$1::timestamptz + m * interval '1 minute'`
const EVERYTHING = `generate_series($3::int, $4::int, $7::int) m, unnest($2::int[]) as i (id)`

const ticksOf = (
  order: string,
) => `insert into market_data_ticks (ts, write_id, instrument_id, source_id, price, volume)
select ${AT} + interval '10 seconds', $6::int, i.id, $5::smallint, ${PRICE}, (m + 1) * 1000 + (i.id & 255)
from ${EVERYTHING} order by ${order}`

const barsOf = (order: string) => `insert into market_data_bars
  (ts, write_id, instrument_id, source_id, timeframe, basis, final, open, high, low, close, volume)
select ${AT}, $6::int, i.id, $5::smallint, '1m', 'raw', true, ${PRICE}, ${PRICE} + 0.5, ${PRICE} - 0.5, ${PRICE} + 0.1, 1000
from ${EVERYTHING} order by ${order}`

/** What such ticks and bars come to does not matter here: nobody reads it, it lies there. */
const bucketsOf = (minutes: number) => `insert into market_data_rollups
  (ts, open_ts, close_ts, tick_open_ts, tick_close_ts, write_id, instrument_id, timeframe, basis, source_id, open, high, low,
   close, volume, cumulative, tick_open, tick_high, tick_low, tick_close)
select ${AT}, ${AT}, ${AT}, ${AT}, ${AT}, $6::int, i.id, '${minutes}m', 'raw', $5::smallint,
  ${PRICE}, ${PRICE}, ${PRICE}, ${PRICE}, 5000, m * 1000, ${PRICE}, ${PRICE}, ${PRICE}, ${PRICE}
from ${EVERYTHING} order by i.id, m`

const DAYS = `insert into market_data_daily
  (instrument_id, session_date, source_id, settled, basis, write_id, open, high, low, close, volume)
select id, $2::date, $3::smallint, true, 'raw', 1, 50, 60, 50, 55, 390000 from unnest($1::int[]) as i (id)`

interface Filling {
  open: Micros
  ids: readonly number[]
  sourceId: number
}

/** As a partition lies once it was packed: instrument by instrument. */
async function fillHistory(
  db: Db,
  { open, ids, sourceId, every }: Filling & { every: number },
): Promise<void> {
  const last = MINUTES_PER_SESSION - 1
  for (let at = 0; at < ids.length; at += INSTRUMENTS_PER_STATEMENT) {
    const some = `{${ids.slice(at, at + INSTRUMENTS_PER_STATEMENT).join(',')}}`
    const values = (step: number) => [isoFromMicros(open), some, 0, last, sourceId, 1, step]
    await db.pool.query(ticksOf('i.id, m'), values(every))
    await db.pool.query(barsOf('i.id, m'), values(every))
    for (const minutes of [5, 30]) await db.pool.query(bucketsOf(minutes), values(minutes))
    await db.pool.query(DAYS, [some, isoFromMicros(open).slice(0, 10), sourceId])
  }
}

/** As it arrives: minute by minute, a ledger row for some minutes each. */
async function fillUnderWay(db: Db, o: Filling & { minutes: number }): Promise<void> {
  const everyone = `{${o.ids.join(',')}}`
  for (let from = 0; from < o.minutes; from += MINUTES_PER_BATCH) {
    const to = Math.min(o.minutes, from + MINUTES_PER_BATCH) - 1
    const [minTs, maxTs] = [o.open + from * MINUTE_US, o.open + (to + 1) * MINUTE_US - 1].map(isoFromMicros)
    const events = 2 * (to - from + 1) * o.ids.length
    const { rows } = await db.pool.query(
      `insert into tape_batches
         (id, kind, source_id, feed, fetched_at, min_ts, max_ts, rows_offered, rows_written, events_written)
       select coalesce(max(id), 0) + 1, 'ticks', $1, 'sip', $3, $2, $3, $4, $4, $4 from tape_batches returning write_id`,
      [o.sourceId, minTs, maxTs, events],
    )
    const values = [isoFromMicros(o.open), everyone, from, to, o.sourceId, rows[0].write_id, 1]
    await Promise.all([db.pool.query(ticksOf('m, i.id'), values), db.pool.query(barsOf('m, i.id'), values)])
  }
}
