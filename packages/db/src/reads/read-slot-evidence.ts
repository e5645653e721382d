import { isoFromMicros, type Micros } from '@onetape/market'
import type { Db } from '../connect.ts'

/** One batch of observed prices: when it was complete, and two of the instruments in it. */
export interface SlotEvidence {
  fetchedAt: Micros
  instrumentIds: number[]
}

const PAGE_FIRST = 500

const LEDGER = `select id, write_id as "writeId", kind, fetched_at as "fetchedAt", min_ts as "minTs", max_ts as "maxTs"
from tape_batches where id is not null order by id desc limit $1`

// A sweep writes a batch for each tier and asset class: one instrument tells which. A stream's may be mixed: two do.
const OF_TICKS = `select write_id as "writeId", min(instrument_id) as least, max(instrument_id) as greatest
from market_data_ticks where write_id = any ($1) and ts between $2 and $3 group by write_id`
const OF_LATEST = `select write_id as "writeId", min(instrument_id) as least, max(instrument_id) as greatest
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
 * What the ledger says of sweeps and streams since a market time: its closed batches of prices. The newest batches are
 * looked at first, so that the cost follows what came since, not the length of the tape.
 */
export async function readSlotEvidence(db: Db, since: Micros): Promise<SlotEvidence[]> {
  const batches = await batchesSince(db, since)
  const found = new Map<number, number[]>()
  const note = (rows: { writeId: number; least: number; greatest: number }[]) => {
    for (const { writeId, least, greatest } of rows)
      found.set(writeId, least === greatest ? [least] : [least, greatest])
  }
  const dated = batches.filter((b) => b.minTs !== null)
  if (dated.length > 0) {
    const from = dated.reduce((least, b) => Math.min(least, b.minTs!), Number.POSITIVE_INFINITY)
    const to = dated.reduce((most, b) => Math.max(most, b.maxTs!), Number.NEGATIVE_INFINITY)
    const ids = dated.map((b) => b.writeId)
    note((await db.pool.query(OF_TICKS, [ids, isoFromMicros(from), isoFromMicros(to)])).rows)
  }
  // Prices that stand still make no tick: their batch shows in the latest prices, until the next one.
  const rest = batches.filter((b) => !found.has(b.writeId)).map((b) => b.writeId)
  if (rest.length > 0) note((await db.pool.query(OF_LATEST, [rest])).rows)
  return batches.flatMap(({ writeId, fetchedAt }) => {
    const instrumentIds = found.get(writeId)
    return instrumentIds ? [{ fetchedAt, instrumentIds }] : []
  })
}

async function batchesSince(db: Db, since: Micros): Promise<LedgerRow[]> {
  for (let limit = PAGE_FIRST; ; limit *= 4) {
    const { rows } = await db.pool.query<LedgerRow>(LEDGER, [limit])
    const oldest = rows.at(-1)
    if (rows.length === limit && oldest!.fetchedAt >= since) continue
    return rows.filter((row) => row.kind === 'ticks' && row.fetchedAt >= since)
  }
}
