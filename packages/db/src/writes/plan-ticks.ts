// Which ticks are new, by what is remembered. Pure.
import type { TickRow } from '../batch.ts'
import type { HeldLatest, NewestTick, ShardMemory } from './shard-memory.ts'
import { shardOf } from './shards.ts'

export interface TickPlan {
  /** Newer than anything stored of their instrument and source: they cannot conflict. By instrument, then ts. */
  direct: TickRow[]
  /** As old as something stored: the table decides whether they are new, repeated or contradicting. */
  doubtful: TickRow[]
  /** What the newest tick of each instrument is once these are stored. */
  newest: Map<number, NewestTick>
}

export function planTicks(
  ticks: readonly TickRow[],
  o: { memories: readonly ShardMemory[]; sourceId: number },
): TickPlan {
  const plan: TickPlan = { direct: [], doubtful: [], newest: new Map() }
  for (const tick of inOrder(ticks)) {
    const memory = o.memories[shardOf(tick.instrumentId)]!
    if (isRepeat(tick, memory.latest.get(tick.instrumentId) ?? null, o.sourceId)) continue
    const newest = plan.newest.get(tick.instrumentId) ?? memory.of(o.sourceId).get(tick.instrumentId)
    if (newest === undefined) plan.doubtful.push(tick)
    else if (tick.ts > newest.ts) {
      plan.direct.push(tick)
      plan.newest.set(tick.instrumentId, tick)
    } else if (tick.ts < newest.ts || tick.price !== newest.price || tick.volume !== newest.volume)
      plan.doubtful.push(tick)
  }
  return plan
}

/** A later tick that repeats what this source said last is no new tick. */
const isRepeat = (tick: TickRow, held: HeldLatest | null, sourceId: number): boolean =>
  held !== null &&
  held.sourceId === sourceId &&
  held.ts < tick.ts &&
  held.last === tick.price &&
  held.volume === tick.volume

/** By instrument, then ts; those of one instant as they were offered. Most batches come in order. */
function inOrder(ticks: readonly TickRow[]): readonly TickRow[] {
  const isBefore = (a: TickRow, b: TickRow) => a.instrumentId - b.instrumentId || a.ts - b.ts
  for (let i = 1; i < ticks.length; i++)
    if (isBefore(ticks[i - 1]!, ticks[i]!) > 0) return [...ticks].sort(isBefore)
  return ticks
}
