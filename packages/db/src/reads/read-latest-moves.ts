import type { Micros } from '@onetape/market'
import type { Db } from '../connect.ts'
import { type Columns, copyColumns, type Expressions } from '../copy-columns.ts'
import { readBeforeOpen } from './read-before-open.ts'

/** The part of a latest row that moves. */
export interface LatestMove {
  instrumentId: number
  /** Ledger id of the batch that this row comes from. */
  batchId: number
  ts: Micros
  fetchedAt: Micros
  source: string
  feed: string
  delayedMinutes: number
  tsOrigin: 'vendor' | 'response'
  last: number
  bid: number | null
  ask: number | null
  bidSize: number | null
  askSize: number | null
  dayOpen: number | null
  dayHigh: number | null
  dayLow: number | null
  dayClose: number | null
  volume: number | null
  previousClose: number | null
  sessionDate: string
}

export interface LatestScope {
  /** Only rows whose last batch closed after that ledger id; exact at any isolation. */
  afterBatchId?: number
  instrumentIds?: readonly number[]
}

/** Each move is made when it is asked for: thousands at once would be carried along by the collector. */
export interface LatestMoves extends Iterable<LatestMove> {
  readonly instrumentIds: readonly number[]
}

type StoredMove = Omit<LatestMove, 'batchId'> & { batchId: number | null }

const COLUMNS: Expressions<StoredMove> = {
  instrumentId: 'l.instrument_id',
  batchId: 'b.id',
  ts: 'l.ts',
  fetchedAt: 'l.fetched_at',
  source: 's.name',
  feed: 'l.feed',
  delayedMinutes: 'l.delayed_minutes',
  tsOrigin: 'l.ts_origin',
  last: 'l.last',
  bid: 'l.bid',
  ask: 'l.ask',
  bidSize: 'l.bid_size',
  askSize: 'l.ask_size',
  dayOpen: 'l.day_open',
  dayHigh: 'l.day_high',
  dayLow: 'l.day_low',
  dayClose: 'l.day_close',
  volume: 'l.volume',
  previousClose: 'l.previous_close',
  sessionDate: 'l.session_date',
}

/**
 * What moves of the latest rows, whole batches only: a row that belongs to an open batch is not told before that batch
 * is closed. What it replaced is gone from the table; the newest tick of a closed batch tells it instead, without bid,
 * ask and day. An instrument of which the tape holds nothing older is left out.
 */
export async function readLatestMoves(db: Db, o: LatestScope = {}): Promise<LatestMoves> {
  const columns = await copyColumns(db, COLUMNS, rowsOf(o))
  const { instrumentId, batchId } = columns
  const open = instrumentId.filter((_, n) => batchId[n] === null)
  if (open.length === 0) return movesOf(columns, [])
  return movesOf(columns, await readBeforeOpen(db, { instrumentIds: open, afterBatchId: o.afterBatchId }))
}

/** The rows of closed batches, then `older`. */
function movesOf(columns: Columns<StoredMove>, older: readonly LatestMove[]): LatestMoves {
  const { instrumentId, batchId } = columns
  const closed = instrumentId.filter((_, n) => batchId[n] !== null)
  return {
    instrumentIds: older.length === 0 ? closed : [...closed, ...older.map((move) => move.instrumentId)],
    *[Symbol.iterator]() {
      for (let n = 0; n < batchId.length; n++) {
        const id = batchId[n]!
        if (id !== null) yield moveAt(columns, n, id)
      }
      yield* older
    },
  }
}

function rowsOf({ afterBatchId, instrumentIds }: LatestScope): string {
  const conditions: string[] = []
  if (afterBatchId !== undefined) conditions.push(`(b.id > ${Math.trunc(afterBatchId)} or b.id is null)`)
  if (instrumentIds) {
    conditions.push(`l.instrument_id = any ('{${instrumentIds.map(Math.trunc).join(',')}}'::int[])`)
  }
  const where = conditions.length > 0 ? ` where ${conditions.join(' and ')}` : ''
  return `market_data_latest l join sources s on s.id = l.source_id
    join tape_batches b on b.write_id = l.write_id${where}`
}

const moveAt = (c: Columns<StoredMove>, n: number, batchId: number): LatestMove => ({
  instrumentId: c.instrumentId[n]!,
  batchId,
  ts: c.ts[n]!,
  fetchedAt: c.fetchedAt[n]!,
  source: c.source[n]!,
  feed: c.feed[n]!,
  delayedMinutes: c.delayedMinutes[n]!,
  tsOrigin: c.tsOrigin[n]!,
  last: c.last[n]!,
  bid: c.bid[n]!,
  ask: c.ask[n]!,
  bidSize: c.bidSize[n]!,
  askSize: c.askSize[n]!,
  dayOpen: c.dayOpen[n]!,
  dayHigh: c.dayHigh[n]!,
  dayLow: c.dayLow[n]!,
  dayClose: c.dayClose[n]!,
  volume: c.volume[n]!,
  previousClose: c.previousClose[n]!,
  sessionDate: c.sessionDate[n]!,
})
