import type { Micros } from '@onetape/market'
import { microsArray, plainArray } from '../array-text.ts'
import type { Db } from '../connect.ts'

/** One batch of observed prices: when it was complete, and one of the instruments in it. */
export interface SlotEvidence {
  fetchedAt: Micros
  instrumentId: number
}

const PAGE_FIRST = 500

const LEDGER = `select id, write_id as "writeId", kind, fetched_at as "fetchedAt", min_ts as "minTs", max_ts as "maxTs"
from tape_batches where id is not null order by id desc limit $1`

// A sweep writes a batch for each tier and asset class: any one of its instruments tells which.
const OF_TICKS = `select b.write_id as "writeId", t.instrument_id as "instrumentId"
from unnest($1::bigint[], $2::timestamptz[], $3::timestamptz[]) as b (write_id, min_ts, max_ts)
cross join lateral (
  select instrument_id from market_data_ticks
  where write_id = b.write_id::int and ts between b.min_ts and b.max_ts limit 1
) t`
const OF_LATEST = `select write_id as "writeId", min(instrument_id) as "instrumentId"
from market_data_latest where write_id = any ($1) group by write_id`

interface LedgerRow {
  id: number
  writeId: number
  kind: string
  fetchedAt: Micros
  minTs: Micros | null
  maxTs: Micros | null
}

/**
 * What the ledger says of sweeps and streams in a span of market time: its closed batches of prices. The newest batches
 * are looked at first, so that the cost follows what came since, not the length of the tape or the number of rows.
 */
export async function readSlotEvidence(db: Db, span: { from: Micros; to: Micros }): Promise<SlotEvidence[]> {
  const batches = await batchesIn(db, span)
  const found = new Map<number, number>()
  const note = (rows: { writeId: number; instrumentId: number }[]) => {
    for (const { writeId, instrumentId } of rows) found.set(writeId, instrumentId)
  }
  const dated = batches.filter((b) => b.minTs !== null)
  if (dated.length > 0) {
    const columns = [
      plainArray(dated, (b) => b.writeId),
      microsArray(dated, (b) => b.minTs),
      microsArray(dated, (b) => b.maxTs),
    ]
    note((await db.pool.query(OF_TICKS, columns)).rows)
  }
  // Prices that stand still make no tick: their batch shows in the latest prices, until the next one.
  const rest = batches.filter((b) => !found.has(b.writeId)).map((b) => b.writeId)
  if (rest.length > 0) note((await db.pool.query(OF_LATEST, [rest])).rows)
  return batches.flatMap(({ writeId, fetchedAt }) => {
    const instrumentId = found.get(writeId)
    return instrumentId === undefined ? [] : [{ fetchedAt, instrumentId }]
  })
}

async function batchesIn(db: Db, span: { from: Micros; to: Micros }): Promise<LedgerRow[]> {
  for (let limit = PAGE_FIRST; ; limit *= 4) {
    const { rows } = await db.pool.query<LedgerRow>(LEDGER, [limit])
    const oldest = rows.at(-1)
    if (rows.length === limit && oldest!.fetchedAt >= span.from) continue
    return rows.filter((row) => row.kind === 'ticks' && row.fetchedAt >= span.from && row.fetchedAt < span.to)
  }
}
