// What a writer remembers of a shard: the latest row of each instrument and the newest tick of each source. It is
// exact while the shard's head is the one that this process left; any other head empties it. What is missing is read
// under the shard's lock. Figures stand side by side in arrays of doubles, NaN for null: a sweep moves 8,000 rows,
// and as many objects each time would be garbage the next.
import { isoFromMicros, type Micros } from '@onetape/market'
import type { PoolClient } from 'pg'
import { plainArray } from '../array-text.ts'
import type { LatestRow, TickRow } from '../batch.ts'
import type { Db } from '../connect.ts'
import { BLOCK_BITS, SHARDS, shardOf } from './shards.ts'

/** Of a latest row: ts, fetched_at, then the figures in the order of FIGURES. */
const LATEST_WIDTH = 13
const NEWEST_WIDTH = 3
const BLOCK = 1 << BLOCK_BITS
const FIRST_SLOTS = BLOCK

export const FIGURES: readonly ((row: LatestRow) => number | null)[] = [
  (row) => row.last,
  (row) => row.bid,
  (row) => row.ask,
  (row) => row.bidSize,
  (row) => row.askSize,
  (row) => row.day?.open ?? null,
  (row) => row.day?.high ?? null,
  (row) => row.day?.low ?? null,
  (row) => row.day?.close ?? null,
  (row) => (row.volume === undefined ? (row.day?.volume ?? null) : row.volume),
  (row) => row.previousClose,
]
const LAST = 2
const VOLUME = 11

/** Rows of doubles by slot; NaN where nothing was set. */
class Columns {
  readonly width: number
  cells: Float64Array
  constructor(width: number) {
    this.width = width
    this.cells = new Float64Array(FIRST_SLOTS * width).fill(Number.NaN)
  }

  /** Index of the slot's first cell; room is made for it. */
  at(slot: number): number {
    const at = slot * this.width
    if (at + this.width > this.cells.length) {
      const grown = new Float64Array(Math.max(this.cells.length * 2, at + this.width)).fill(Number.NaN)
      grown.set(this.cells)
      this.cells = grown
    }
    return at
  }
}

const isSame = (a: number, b: number) => a === b || (Number.isNaN(a) && Number.isNaN(b))
const orNaN = (n: number | null) => n ?? Number.NaN

export class ShardMemory {
  head: number | null = null
  /** First slot of each block of ids: neighbours lie side by side, and are mostly asked for one after the other. */
  readonly #blocks = new Map<number, number>()
  #block = -1
  #firstSlot = 0
  readonly #latest = new Columns(LATEST_WIDTH)
  /** Source of the latest row; 0: there is no row. Undefined: not known. */
  readonly #source: (number | undefined)[] = []
  readonly #newest = new Map<number, Columns>()

  /** Everything remembered is doubtful. */
  forget(): void {
    this.head = null
    this.#blocks.clear()
    this.#block = -1
    this.#source.length = 0
    this.#latest.cells.fill(Number.NaN)
    this.#newest.clear()
  }

  knowsLatest(instrumentId: number): boolean {
    return this.#source[this.#slot(instrumentId)] !== undefined
  }

  /** Null: the instrument has no latest row. */
  latest(instrumentId: number): { sourceId: number; ts: Micros; fetchedAt: Micros } | null {
    const slot = this.#slot(instrumentId)
    const sourceId = this.#source[slot]
    if (!sourceId) return null
    const at = this.#latest.at(slot)
    return { sourceId, ts: this.#latest.cells[at]!, fetchedAt: this.#latest.cells[at + 1]! }
  }

  /** Whether the latest row is this source's, older than the tick, and says the same. */
  isRepeated(tick: TickRow, sourceId: number): boolean {
    const slot = this.#slot(tick.instrumentId)
    if (this.#source[slot] !== sourceId) return false
    const at = this.#latest.at(slot)
    const { cells } = this.#latest
    return (
      cells[at]! < tick.ts &&
      cells[at + LAST] === tick.price &&
      isSame(cells[at + VOLUME]!, orNaN(tick.volume))
    )
  }

  /**
   * The latest row as a tick, where it is this source's and later than the tick: it made no tick of its own then, for
   * its price was unchanged. A late tick between the two would make it look as if it had not been said.
   */
  heldAfter(tick: TickRow, sourceId: number): TickRow | null {
    const { instrumentId } = tick
    const slot = this.#slot(instrumentId)
    if (this.#source[slot] !== sourceId) return null
    const at = this.#latest.at(slot)
    const { cells } = this.#latest
    if (cells[at]! <= tick.ts) return null
    const volume = cells[at + VOLUME]!
    return {
      instrumentId,
      ts: cells[at]!,
      price: cells[at + LAST]!,
      volume: Number.isNaN(volume) ? null : volume,
    }
  }

  /** Whether the price is the same and anything beside it is not. */
  isRetold(row: LatestRow): boolean {
    const at = this.#latest.at(this.#slot(row.instrumentId)) + LAST
    const { cells } = this.#latest
    if (cells[at] !== row.last) return false
    return FIGURES.some((figure, i) => !isSame(cells[at + i]!, orNaN(figure(row))))
  }

  setLatest(row: LatestRow, from: { sourceId: number; fetchedAt: Micros }): void {
    const slot = this.#slot(row.instrumentId)
    const at = this.#latest.at(slot)
    const { cells } = this.#latest
    this.#source[slot] = from.sourceId
    cells[at] = row.ts
    cells[at + 1] = from.fetchedAt
    for (let i = 0; i < FIGURES.length; i++) cells[at + LAST + i] = orNaN(FIGURES[i]!(row))
  }

  setNoLatest(instrumentId: number): void {
    this.#source[this.#slot(instrumentId)] = 0
  }

  /** Where the newest tick stands; NaN: not known. */
  newestTs(instrumentId: number, sourceId: number): Micros {
    const columns = this.#of(sourceId)
    return columns.cells[columns.at(this.#slot(instrumentId))]!
  }

  /** Whether nothing is known of the newest tick, seen from `ts`: neither where it stands nor that there is none since. */
  isUnseen(instrumentId: number, o: { sourceId: number; ts: Micros }): boolean {
    const columns = this.#of(o.sourceId)
    const at = columns.at(this.#slot(instrumentId))
    const [newest, price] = [columns.cells[at]!, columns.cells[at + 1]!]
    return Number.isNaN(newest) || (Number.isNaN(price) && o.ts <= newest)
  }

  isNewest(tick: TickRow, sourceId: number): boolean {
    const columns = this.#of(sourceId)
    const at = columns.at(this.#slot(tick.instrumentId))
    const { cells } = columns
    return cells[at] === tick.ts && cells[at + 1] === tick.price && isSame(cells[at + 2]!, orNaN(tick.volume))
  }

  /** @param price null: there is no tick at or after `ts` */
  setNewest(
    tick: { instrumentId: number; ts: Micros; price: number | null; volume: number | null },
    sourceId: number,
  ): void {
    const columns = this.#of(sourceId)
    const at = columns.at(this.#slot(tick.instrumentId))
    columns.cells[at] = tick.ts
    columns.cells[at + 1] = orNaN(tick.price)
    columns.cells[at + 2] = orNaN(tick.volume)
  }

  #slot(instrumentId: number): number {
    const block = instrumentId >> BLOCK_BITS
    if (block !== this.#block) {
      const known = this.#blocks.get(block)
      this.#firstSlot = known ?? this.#blocks.size * BLOCK
      if (known === undefined) this.#blocks.set(block, this.#firstSlot)
      this.#block = block
    }
    return this.#firstSlot + (instrumentId % BLOCK)
  }

  #of(sourceId: number): Columns {
    let columns = this.#newest.get(sourceId)
    if (!columns) {
      columns = new Columns(NEWEST_WIDTH)
      this.#newest.set(sourceId, columns)
    }
    return columns
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

/** Reads what the rows of a batch need and memory lacks. @param need.floor no row of the batch is older. */
export async function recall(
  client: PoolClient,
  memories: readonly ShardMemory[],
  need: { ticks: readonly TickRow[]; latest: readonly LatestRow[]; sourceId: number; floor: Micros },
): Promise<void> {
  const unknown = new Set<number>()
  const unseen = new Set<number>()
  // A tick is weighed against the latest row as well, and a latest row against its source's ticks.
  for (const rows of [need.latest, need.ticks]) {
    for (const { instrumentId, ts } of rows) {
      const memory = memories[shardOf(instrumentId)]!
      if (!memory.knowsLatest(instrumentId)) unknown.add(instrumentId)
      if (memory.isUnseen(instrumentId, { sourceId: need.sourceId, ts })) unseen.add(instrumentId)
    }
  }
  if (unknown.size > 0) await recallLatest(client, memories, [...unknown])
  if (unseen.size > 0) await recallNewest(client, memories, { ...need, instrumentIds: [...unseen] })
}

async function recallLatest(client: PoolClient, memories: readonly ShardMemory[], ids: readonly number[]) {
  for (const id of ids) memories[shardOf(id)]!.setNoLatest(id)
  const { rows } = await client.query(LATEST, [plainArray(ids, (id) => id)])
  for (const row of rows) {
    const held = latestOf(row)
    memories[shardOf(held.instrumentId)]!.setLatest(held, {
      sourceId: row.source_id,
      fetchedAt: row.fetched_at,
    })
  }
}

async function recallNewest(
  client: PoolClient,
  memories: readonly ShardMemory[],
  o: { instrumentIds: readonly number[]; sourceId: number; floor: Micros },
) {
  for (const instrumentId of o.instrumentIds) {
    const none = { instrumentId, ts: o.floor - 1, price: null, volume: null }
    memories[shardOf(instrumentId)]!.setNewest(none, o.sourceId)
  }
  const ids = plainArray(o.instrumentIds, (id) => id)
  const { rows } = await client.query(NEWEST, [ids, o.sourceId, isoFromMicros(o.floor)])
  for (const { id, ts, price, volume } of rows)
    memories[shardOf(id)]!.setNewest({ instrumentId: id, ts, price, volume }, o.sourceId)
}

/** As far as the rules look at it. */
const latestOf = (row: Record<string, never>): LatestRow => ({
  instrumentId: row.instrument_id!,
  ts: row.ts!,
  last: row.last!,
  bid: row.bid!,
  ask: row.ask!,
  bidSize: row.bid_size!,
  askSize: row.ask_size!,
  day: { open: row.day_open!, high: row.day_high!, low: row.day_low!, close: row.day_close!, volume: null },
  volume: row.volume!,
  previousClose: row.previous_close!,
  ...{ sessionDate: '', feed: '', delayedMinutes: 0, tsOrigin: 'vendor' },
})
