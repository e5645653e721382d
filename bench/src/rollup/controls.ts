// What a fold is held against: raw COPY of the rows that it folds, and days made from all minutes of the session.
import type { BarRow, Db, TickRow } from '@onetape/db'
import { isoFromMicros, type Micros } from '@onetape/market'
import type { PoolClient } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import type { Stage } from './stage.ts'

const TICKS = '(ts, write_id, instrument_id, source_id, price, volume)'
const BARS =
  '(ts, write_id, instrument_id, timeframe, basis, source_id, final, open, high, low, close, volume)'

/** Bare copies of both tables with what they hold of the session under way: same columns, same key, no other index. */
export async function createBareTables({ db, ending, minutes }: Stage): Promise<void> {
  const session = [isoFromMicros(ending), isoFromMicros(ending + minutes * 60_000_000)]
  for (const [bare, table, key] of [
    ['bare_ticks', 'market_data_ticks', 'instrument_id, source_id, ts'],
    ['bare_bars', 'market_data_bars', 'instrument_id, timeframe, ts, source_id'],
  ]) {
    await db.pool.query(`create table ${bare} (like ${table})`)
    await db.pool.query(`alter table ${bare} add primary key (${key})`)
    await db.pool.query(
      `insert into ${bare} select * from ${table} where ts >= $1 and ts < $2 order by ts, instrument_id`,
      session,
    )
  }
  await db.pool.query('checkpoint')
}

export interface BareRows {
  ticks: Buffer
  bars: Buffer
}

export function bareRowsOf(
  { ticks, bars }: { ticks: readonly TickRow[]; bars: readonly BarRow[] },
  sourceId: number,
): BareRows {
  const line = (cells: unknown[]) => `${cells.join('\t')}\n`
  return {
    ticks: Buffer.from(
      ticks
        .map((t) => line([isoFromMicros(t.ts), 1, t.instrumentId, sourceId, t.price, t.volume ?? '\\N']))
        .join(''),
    ),
    bars: Buffer.from(
      bars
        .map((b) =>
          line([
            ...[isoFromMicros(b.ts), 1, b.instrumentId, b.timeframe, b.basis, sourceId, b.final],
            ...[b.open, b.high, b.low, b.close, b.volume ?? '\\N'],
          ]),
        )
        .join(''),
    ),
  }
}

/** One commit for both, like a batch. */
export async function copyRows(client: PoolClient, rows: BareRows): Promise<void> {
  await client.query('begin')
  await copy(client, `copy bare_ticks ${TICKS} from stdin`, rows.ticks)
  await copy(client, `copy bare_bars ${BARS} from stdin`, rows.bars)
  await client.query('commit')
}

async function copy(client: PoolClient, statement: string, text: Buffer): Promise<void> {
  const stream = client.query(copyFrom(statement))
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  stream.on('error', reject)
  stream.on('finish', resolve)
  stream.end(text)
  await promise
}

const FROM_ALL_MINUTES = `insert into market_data_daily as d
  (instrument_id, session_date, source_id, basis, settled, write_id, open_ts, close_ts, open, high, low, close, volume)
select b.instrument_id, $3::date, b.source_id, b.basis, false, max(b.write_id), min(b.ts), max(b.ts),
  (array_agg(b.open order by b.ts))[1], max(b.high), min(b.low), (array_agg(b.close order by b.ts desc))[1], sum(b.volume)
from market_data_bars b where b.timeframe = '1m' and b.ts >= $1 and b.ts < $2
group by b.instrument_id, b.source_id, b.basis
on conflict (instrument_id, session_date, source_id, basis) do update
set open = excluded.open, high = excluded.high, low = excluded.low, close = excluded.close, volume = excluded.volume`

/** The plain way, and only for days and bars: every touched day anew from every minute of its session. Undone after. */
export async function rebuildDays(db: Db, o: { open: Micros; date: string }): Promise<void> {
  const client = await db.pool.connect()
  try {
    await client.query('begin')
    await client.query(FROM_ALL_MINUTES, [
      isoFromMicros(o.open),
      isoFromMicros(o.open + 390 * 60_000_000),
      o.date,
    ])
    await client.query('rollback')
  } finally {
    client.release()
  }
}
