// Which ticks are new, by what is remembered. Pure.
import type { TickRow } from '../batch.ts'
import type { ShardMemory } from './shard-memory.ts'
import { shardOf } from './shards.ts'

export interface TickPlan {
  /** Newer than anything stored of their instrument and source: they cannot conflict. By instrument, then ts. */
  direct: TickRow[]
  /** As old as something stored: the table decides whether they are new, repeated or contradicting. */
  doubtful: TickRow[]
  /** How many of `direct` nobody offered: what latest said already is said as a tick after a late one that differs. */
  confirmed: number
}

export function planTicks(
  ticks: readonly TickRow[],
  o: { memories: readonly ShardMemory[]; sourceId: number },
): TickPlan {
  const plan: TickPlan = { direct: [], doubtful: [], confirmed: 0 }
  /** What latest holds of an instrument whose late tick was just planned, where no tick says it. */
  let held: TickRow | null = null
  const confirm = () => {
    const before = plan.direct.at(-1)
    if (held && before && !saysSame(before, held)) {
      plan.direct.push(held)
      plan.confirmed++
    }
    held = null
  }
  for (const tick of inOrder(ticks)) {
    const memory = o.memories[shardOf(tick.instrumentId)]!
    if (held && (held.instrumentId !== tick.instrumentId || held.ts <= tick.ts)) confirm()
    if (memory.isRepeated(tick, o.sourceId)) continue
    const before = plan.direct.at(-1)
    const sibling = before?.instrumentId === tick.instrumentId ? before : null
    if (tick.ts > (sibling?.ts ?? memory.newestTs(tick.instrumentId, o.sourceId))) {
      plan.direct.push(tick)
      held ??= memory.heldAfter(tick, o.sourceId)
    } else if (!(sibling ? isEqual(sibling, tick) : memory.isNewest(tick, o.sourceId)))
      plan.doubtful.push(tick)
  }
  confirm()
  return plan
}

const saysSame = (a: TickRow, b: TickRow) => a.price === b.price && a.volume === b.volume
const isEqual = (a: TickRow, b: TickRow) => a.ts === b.ts && saysSame(a, b)

/** By instrument, then ts; those of one instant as they were offered. Most batches come in order. */
function inOrder(ticks: readonly TickRow[]): readonly TickRow[] {
  const compare = (a: TickRow, b: TickRow) => a.instrumentId - b.instrumentId || a.ts - b.ts
  for (let i = 1; i < ticks.length; i++)
    if (compare(ticks[i - 1]!, ticks[i]!) > 0) return [...ticks].sort(compare)
  return ticks
}
