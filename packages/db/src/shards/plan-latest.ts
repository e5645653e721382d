// Which latest rows move, by what is remembered. Pure.
import type { AssetClass, Micros } from '@onetape/market'
import type { LatestRow, WriteContext } from '../batch.ts'
import type { ShardMemory } from './shard-memory.ts'
import { shardOf } from './shards.ts'

export interface LatestContext extends WriteContext {
  classes: ReadonlyMap<number, AssetClass>
  /** Ids of the house order of a class, best first. */
  orderOf(assetClass: AssetClass): readonly number[]
  /** An event older than this may be replaced by any source's newer one. */
  staleBefore: Micros
}

export interface LatestPlan {
  /** Of instruments that have a row. */
  updates: LatestRow[]
  inserts: LatestRow[]
}

export function planLatest(
  rows: readonly LatestRow[],
  o: { memories: readonly ShardMemory[]; at: LatestContext },
): LatestPlan {
  const plan: LatestPlan = { updates: [], inserts: [] }
  for (const row of newestPerInstrument(rows)) {
    const memory = o.memories[shardOf(row.instrumentId)]!
    const current = memory.latest(row.instrumentId)
    if (current === null) plan.inserts.push(row)
    else if (
      row.ts > current.ts
        ? takesOver(row, current, { memory, at: o.at })
        : retells(row, current, { memory, at: o.at })
    )
      plan.updates.push(row)
  }
  return plan
}

interface Current {
  sourceId: number
  ts: Micros
  fetchedAt: Micros
}

/**
 * A newer event is taken from the current source or a better one, or from any once the current one fell silent; never
 * one that is older than what its own source has already said.
 */
function takesOver(
  row: LatestRow,
  current: Current,
  { memory, at }: { memory: ShardMemory; at: LatestContext },
): boolean {
  if (current.sourceId === at.sourceId) return true
  if (row.ts < memory.newestTs(row.instrumentId, at.sourceId)) return false
  if (current.ts < at.staleBefore) return true
  const order = at.orderOf(at.classes.get(row.instrumentId)!)
  const place = order.indexOf(at.sourceId)
  const other = order.indexOf(current.sourceId)
  return place >= 0 && (other < 0 || place <= other)
}

/** The same moment told again by the same source brings its newer bid, ask and day, never another price. */
const retells = (
  row: LatestRow,
  current: Current,
  { memory, at }: { memory: ShardMemory; at: LatestContext },
): boolean =>
  row.ts === current.ts &&
  current.sourceId === at.sourceId &&
  at.fetchedAt > current.fetchedAt &&
  memory.isRetold(row)

/** By instrument; of the same moment the one offered last. Most batches come so. */
function newestPerInstrument(rows: readonly LatestRow[]): readonly LatestRow[] {
  if (isAscending(rows)) return rows
  const newest = new Map<number, LatestRow>()
  for (const row of rows) {
    const other = newest.get(row.instrumentId)
    if (!other || row.ts >= other.ts) newest.set(row.instrumentId, row)
  }
  return [...newest.values()].sort((a, b) => a.instrumentId - b.instrumentId)
}

function isAscending(rows: readonly LatestRow[]): boolean {
  for (let i = 1; i < rows.length; i++) if (rows[i - 1]!.instrumentId >= rows[i]!.instrumentId) return false
  return true
}
