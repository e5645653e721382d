// Which latest rows move, by what is remembered. Pure.
import type { AssetClass, Micros } from '@onetape/market'
import type { LatestRow, WriteContext } from '../batch.ts'
import type { HeldLatest, ShardMemory } from './shard-memory.ts'
import { shardOf } from './shards.ts'

export interface LatestContext extends WriteContext {
  classes: ReadonlyMap<number, AssetClass>
  /** Ids of the house order of a class, best first. */
  orderOf(assetClass: AssetClass): readonly number[]
  /** An event older than this may be replaced by any source's newer one. */
  staleBefore: Micros
}

export interface LatestMove {
  row: LatestRow
  held: HeldLatest
}

export interface LatestPlan {
  /** Of instruments that have a row. */
  updates: LatestMove[]
  inserts: LatestMove[]
}

export function planLatest(
  rows: readonly LatestRow[],
  o: { memories: readonly ShardMemory[]; at: LatestContext },
): LatestPlan {
  const plan: LatestPlan = { updates: [], inserts: [] }
  for (const row of newestPerInstrument(rows)) {
    const current = o.memories[shardOf(row.instrumentId)]!.latest.get(row.instrumentId) ?? null
    const held = heldOf(row, o.at)
    if (current === null) plan.inserts.push({ row, held })
    else if (moves(current, held, orderOf(row, o.at), o.at.staleBefore)) plan.updates.push({ row, held })
  }
  return plan
}

const orderOf = (row: LatestRow, at: LatestContext) => at.orderOf(at.classes.get(row.instrumentId)!)

/** A newer event is taken from the current source or a better one, or from any once the current one fell silent. */
function moves(
  current: HeldLatest,
  next: HeldLatest,
  order: readonly number[],
  staleBefore: Micros,
): boolean {
  if (next.ts > current.ts)
    return (
      next.sourceId === current.sourceId ||
      current.ts < staleBefore ||
      isNoWorse(next.sourceId, current.sourceId, order)
    )
  return next.ts === current.ts && isRetold(current, next)
}

function isNoWorse(source: number, than: number, order: readonly number[]): boolean {
  const place = order.indexOf(source)
  const other = order.indexOf(than)
  return place >= 0 && (other < 0 || place <= other)
}

/** The same moment told again by the same source brings its newer bid, ask and day, never another price. */
const isRetold = (current: HeldLatest, next: HeldLatest): boolean =>
  next.sourceId === current.sourceId &&
  next.last === current.last &&
  next.fetchedAt > current.fetchedAt &&
  (next.bid !== current.bid ||
    next.ask !== current.ask ||
    next.bidSize !== current.bidSize ||
    next.askSize !== current.askSize ||
    next.dayOpen !== current.dayOpen ||
    next.dayHigh !== current.dayHigh ||
    next.dayLow !== current.dayLow ||
    next.dayClose !== current.dayClose ||
    next.volume !== current.volume ||
    next.previousClose !== current.previousClose)

const heldOf = (row: LatestRow, at: LatestContext): HeldLatest => ({
  ts: row.ts,
  fetchedAt: at.fetchedAt,
  sourceId: at.sourceId,
  last: row.last,
  bid: row.bid,
  ask: row.ask,
  bidSize: row.bidSize,
  askSize: row.askSize,
  dayOpen: row.day?.open ?? null,
  dayHigh: row.day?.high ?? null,
  dayLow: row.day?.low ?? null,
  dayClose: row.day?.close ?? null,
  volume: row.volume === undefined ? (row.day?.volume ?? null) : row.volume,
  previousClose: row.previousClose,
})

/** By instrument; of the same moment the one offered last. */
function newestPerInstrument(rows: readonly LatestRow[]): LatestRow[] {
  const newest = new Map<number, LatestRow>()
  for (const row of rows) {
    const other = newest.get(row.instrumentId)
    if (!other || row.ts >= other.ts) newest.set(row.instrumentId, row)
  }
  return [...newest.values()].sort((a, b) => a.instrumentId - b.instrumentId)
}
