import { isoFromMicros } from '@onetape/market'
import { microsArray, plainArray } from '../array-text.ts'
import type { PlannedChunk } from '../backfill.ts'
import type { Db } from '../connect.ts'
import type { DataGap } from '../gaps.ts'
import { inTransaction, lockFor } from '../transaction.ts'

/** Backfills are asked for with a number of days; the runs that fill gaps have none. */
const DAYS_OF_A_GAP_RUN = 0

// One that has grown since it was read is planned anew.
const STILL_OPEN = `select g.id, g.run_id as "runId" from data_gaps g
  join unnest($1::bigint[], $2::timestamptz[], $3::timestamptz[]) as o (id, from_ts, to_ts)
    on o.id = g.id and o.from_ts = g.from_ts and o.to_ts = g.to_ts
where g.state = 'open' and coalesce(g.not_before, '-infinity') <= $4::timestamptz order by g.id`

const INSERT_RUN = `insert into backfill_runs (days, symbols, from_ts, to_ts, status)
values (${DAYS_OF_A_GAP_RUN}, '{}', $1, $2, 'running') returning id`

const INSERT_CHUNKS = `insert into backfill_chunks (run_id, seq, instrument_id, timeframe, from_ts, to_ts)
select $1, c.seq, c.instrument_id, c.timeframe, c.from_ts, c.to_ts
from unnest($2::int[], $3::timeframe[], $4::timestamptz[], $5::timestamptz[])
  with ordinality as c (instrument_id, timeframe, from_ts, to_ts, seq)`

const FILLING = `update data_gaps
set state = 'filling', run_id = $2, pieces_total = case when run_id = $2 then pieces_total else $3 end,
  pieces_done = case when run_id = $2 then pieces_done else 0 end, pieces_failed = 0, attempts = attempts + 1,
  started_at = coalesce(started_at, $4::timestamptz), reason = $5
where id = any ($1)`

export type PlannedGap = Pick<DataGap, 'id' | 'from' | 'to'>

/**
 * Begins to fill gaps that are still open: their pieces are noted, to be claimed by whichever process is free. The
 * pieces that failed the last time are tried again, the others are not. One of two processes plans; the other gets null.
 * @param o.reason what of the gaps cannot be had, where that is known beforehand.
 */
export async function planGap(
  db: Db,
  o: { gaps: readonly PlannedGap[]; pieces: readonly PlannedChunk[]; reason: string | null },
): Promise<{ runId: number; pieces: number } | null> {
  return await inTransaction(db, async (client) => {
    await lockFor(client, 'gaps')
    const { rows: clock } = await client.query('select budget_clock()::text as now')
    const { rows: open } = await client.query<{ id: number; runId: number | null }>(STILL_OPEN, [
      plainArray(o.gaps, (g) => g.id),
      microsArray(o.gaps, (g) => g.from),
      microsArray(o.gaps, (g) => g.to),
      clock[0].now,
    ])
    if (open.length < o.gaps.length) return null
    const before = open[0]!.runId
    const again = before !== null && open.every((gap) => gap.runId === before)
    const runId = again ? before : await startRun(client, o.pieces)
    const pieces = again ? await reopen(client, runId) : o.pieces.length
    await client.query(FILLING, [o.gaps.map((g) => g.id), runId, pieces, clock[0].now, o.reason])
    return { runId, pieces }
  })
}

type Client = Parameters<Parameters<typeof inTransaction>[1]>[0]

async function startRun(client: Client, pieces: readonly PlannedChunk[]): Promise<number> {
  const from = pieces.reduce((least, p) => Math.min(least, p.from), Number.POSITIVE_INFINITY)
  const to = pieces.reduce((most, p) => Math.max(most, p.to), Number.NEGATIVE_INFINITY)
  const { rows } = await client.query(INSERT_RUN, [isoFromMicros(from), isoFromMicros(to)])
  await client.query(INSERT_CHUNKS, [
    rows[0].id,
    plainArray(pieces, (p) => p.instrumentId),
    plainArray(pieces, (p) => p.timeframe),
    microsArray(pieces, (p) => p.from),
    microsArray(pieces, (p) => p.to),
  ])
  return rows[0].id
}

async function reopen(client: Client, runId: number): Promise<number> {
  await client.query(`update backfill_runs set status = 'running', finished_at = null where id = $1`, [runId])
  const { rows } = await client.query(
    `update backfill_chunks set status = 'planned', lease_until = null where run_id = $1 and status <> 'done' returning seq`,
    [runId],
  )
  return rows.length
}
