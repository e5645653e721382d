import { isoFromMicros, type Micros } from '@onetape/market'
import type { PoolClient } from 'pg'
import { microsArray, plainArray } from '../array-text.ts'
import type { PlannedChunk } from '../backfill.ts'
import type { Db } from '../connect.ts'
import { inTransaction, lockFor } from '../transaction.ts'

export interface BackfillPlan {
  from: Micros
  to: Micros
  days: number
  /** null: the whole universe. */
  symbols: readonly string[] | null
  chunks: readonly PlannedChunk[]
}

// A run that was left unfinished long ago ends too early for a request of today.
const UNFINISHED = `select id from backfill_runs r
where status = 'running' and days = $1 and symbols is not distinct from $2::text[]
  and to_ts > $3::timestamptz - interval '1 day'
  and (select array_agg(distinct timeframe) from backfill_chunks where run_id = r.id)
      = (select array_agg(distinct t) from unnest($4::timeframe[]) t)
order by id desc limit 1`

/** The same request (days, symbols and timeframes), still unfinished, is resumed with the chunks that it has. */
export async function planBackfill(db: Db, o: BackfillPlan): Promise<{ runId: number; resumed: boolean }> {
  const symbols = o.symbols && [...new Set(o.symbols)].sort()
  return await inTransaction(db, async (client) => {
    await lockFor(client, 'backfill')
    const { rows: unfinished } = await client.query(UNFINISHED, [
      o.days,
      symbols,
      isoFromMicros(o.to),
      plainArray(o.chunks, (c) => c.timeframe),
    ])
    if (unfinished[0]) return { runId: unfinished[0].id, resumed: true }
    const { rows } = await client.query(
      `insert into backfill_runs (days, symbols, from_ts, to_ts, status, finished_at)
       values ($1, $2, $3, $4, case when $5 then 'done' else 'running' end, case when $5 then now() end) returning id`,
      [o.days, symbols, isoFromMicros(o.from), isoFromMicros(o.to), o.chunks.length === 0],
    )
    await insertChunks(client, rows[0].id, o.chunks)
    return { runId: rows[0].id, resumed: false }
  })
}

async function insertChunks(
  client: PoolClient,
  runId: number,
  chunks: readonly PlannedChunk[],
): Promise<void> {
  await client.query(
    `insert into backfill_chunks (run_id, seq, instrument_id, timeframe, from_ts, to_ts)
     select $1, c.seq, c.instrument_id, c.timeframe, c.from_ts, c.to_ts
     from unnest($2::int[], $3::timeframe[], $4::timestamptz[], $5::timestamptz[])
       with ordinality as c (instrument_id, timeframe, from_ts, to_ts, seq)`,
    [
      runId,
      plainArray(chunks, (c) => c.instrumentId),
      plainArray(chunks, (c) => c.timeframe),
      microsArray(chunks, (c) => c.from),
      microsArray(chunks, (c) => c.to),
    ],
  )
}
