// What a writer remembers of a shard: the latest row of each instrument and the newest tick of each source. It is
// exact while the shard's head is the one that this process left; any other head empties it. What is missing is read
// under the shard's lock. Bounded by the instruments and the sources that tell of them.
import { isoFromMicros, type Micros } from '@onetape/market'
import type { PoolClient } from 'pg'
import { plainArray } from '../array-text.ts'
import type { Db } from '../connect.ts'
import { SHARDS, shardOf } from './shards.ts'

/** A row of `market_data_latest` as far as its rules look at it. */
export interface HeldLatest {
  ts: Micros
  fetchedAt: Micros
  sourceId: number
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
}

/** The newest stored tick, or an instant after which there is none (price null). */
export interface NewestTick {
  ts: Micros
  price: number | null
  volume: number | null
}

export class ShardMemory {
  head: number | null = null
  /** Null: the instrument has no latest row. */
  readonly latest = new Map<number, HeldLatest | null>()
  /** By source, then instrument. */
  readonly newest = new Map<number, Map<number, NewestTick>>()

  /** Everything remembered is doubtful. */
  forget(): void {
    this.head = null
    this.latest.clear()
    this.newest.clear()
  }

  of(sourceId: number): Map<number, NewestTick> {
    let known = this.newest.get(sourceId)
    if (!known) {
      known = new Map()
      this.newest.set(sourceId, known)
    }
    return known
  }
}

const memories = new WeakMap<Db, readonly ShardMemory[]>()

export function memoriesOf(db: Db): readonly ShardMemory[] {
  const known = memories.get(db) ?? Array.from({ length: SHARDS }, () => new ShardMemory())
  memories.set(db, known)
  return known
}

const LATEST = `select instrument_id, ts, fetched_at, source_id, last, bid, ask, bid_size, ask_size, day_open, day_high,
  day_low, day_close, volume, previous_close
from market_data_latest where instrument_id = any($1::int[])`

// One step back along the key for each instrument; how far is bounded, so that old partitions stay out of it.
const NEWEST = `select i.id, t.ts, t.price, t.volume
from unnest($1::int[]) as i (id) cross join lateral (
  select ts, price, volume from market_data_ticks
  where instrument_id = i.id and source_id = $2 and ts >= $3 order by ts desc limit 1
) t`

/** Reads what the rows of a batch need and memory lacks. @param floor no tick of the batch is older. */
export async function recall(
  client: PoolClient,
  memories: readonly ShardMemory[],
  need: { latest: readonly number[]; ticks: readonly number[]; sourceId: number; floor: Micros },
): Promise<void> {
  const unknown = need.latest.filter((id) => !memories[shardOf(id)]!.latest.has(id))
  if (unknown.length > 0) {
    for (const id of unknown) memories[shardOf(id)]!.latest.set(id, null)
    const { rows } = await client.query(LATEST, [plainArray(unknown, (id) => id)])
    for (const row of rows) memories[shardOf(row.instrument_id)]!.latest.set(row.instrument_id, heldOf(row))
  }
  const unseen = need.ticks.filter((id) => !memories[shardOf(id)]!.of(need.sourceId).has(id))
  if (unseen.length > 0) {
    const none = { ts: need.floor - 1, price: null, volume: null }
    for (const id of unseen) memories[shardOf(id)]!.of(need.sourceId).set(id, none)
    const ids = plainArray(unseen, (id) => id)
    const { rows } = await client.query(NEWEST, [ids, need.sourceId, isoFromMicros(need.floor)])
    for (const { id, ts, price, volume } of rows)
      memories[shardOf(id)]!.of(need.sourceId).set(id, { ts, price, volume })
  }
}

const heldOf = (row: Record<string, never>): HeldLatest => ({
  ts: row.ts!,
  fetchedAt: row.fetched_at!,
  sourceId: row.source_id!,
  last: row.last!,
  bid: row.bid!,
  ask: row.ask!,
  bidSize: row.bid_size!,
  askSize: row.ask_size!,
  dayOpen: row.day_open!,
  dayHigh: row.day_high!,
  dayLow: row.day_low!,
  dayClose: row.day_close!,
  volume: row.volume!,
  previousClose: row.previous_close!,
})
