// Which ticks are new, by what is remembered. Pure.
import type { TickRow } from '../batch.ts'
import type { ShardMemory } from './shard-memory.ts'
import { shardOf } from './shards.ts'

export interface TickPlan {
  /** Newer than anything stored of their instrument and source: they cannot conflict. By instrument, then ts. */
  direct: TickRow[]
  /** As old as something stored: the table decides whether they are new, repeated or contradicting. */
  doubtful: TickRow[]
}

export function planTicks(
  ticks: readonly TickRow[],
  o: { memories: readonly ShardMemory[]; sourceId: number },
): TickPlan {
  const plan: TickPlan = { direct: [], doubtful: [] }
  for (const tick of inOrder(ticks)) {
    const memory = o.memories[shardOf(tick.instrumentId)]!
    if (memory.isRepeated(tick, o.sourceId)) continue
    const before = plan.direct.at(-1)
    const sibling = before?.instrumentId === tick.instrumentId ? before : null
    if (tick.ts > (sibling?.ts ?? memory.newestTs(tick.instrumentId, o.sourceId))) plan.direct.push(tick)
    else if (!(sibling ? isEqual(sibling, tick) : memory.isNewest(tick, o.sourceId))) plan.doubtful.push(tick)
  }
  return plan
}

const isEqual = (a: TickRow, b: TickRow) => a.ts === b.ts && a.price === b.price && a.volume === b.volume

/** By instrument, then ts; those of one instant as they were offered. Most batches come in order. */
function inOrder(ticks: readonly TickRow[]): readonly TickRow[] {
  const compare = (a: TickRow, b: TickRow) => a.instrumentId - b.instrumentId || a.ts - b.ts
  for (let i = 1; i < ticks.length; i++)
    if (compare(ticks[i - 1]!, ticks[i]!) > 0) return [...ticks].sort(compare)
  return ticks
}
