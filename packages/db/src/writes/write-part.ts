// Ticks and latest rows of some shards, inside a transaction that holds them: look, decide in memory, store.
import type { Micros } from '@onetape/market'
import type { PoolClient } from 'pg'
import type { LatestRow, TickRow, Written } from '../batch.ts'
import type { Db } from '../connect.ts'
import { type LatestContext, planLatest } from '../shards/plan-latest.ts'
import { planTicks } from '../shards/plan-ticks.ts'
import { memoriesOf, recall } from '../shards/shard-memory.ts'
import { lockShards, shardOf } from '../shards/shards.ts'
import { type LatestStatement, latestStatements, latestTypeId, writeLatest } from './write-latest.ts'
import { writeTicks } from './write-ticks.ts'

export interface Part {
  shards: readonly number[]
  ticks: readonly TickRow[]
  latest: readonly LatestRow[]
}

export interface PartDone {
  ticks: Written
  latest: number
  /** Something was stored: the shards' heads are to move before the commit. */
  changed: boolean
}

/** What was remembered turned out to be wrong, or may be: the next writer reads it anew. */
export function forgetShards(db: Db, shards: readonly number[]): void {
  const memories = memoriesOf(db)
  for (const shard of shards) memories[shard]!.forget()
}

/** A key that memory held for new is stored already: somebody wrote without the shard's lock. */
export const isKeyTaken = (error: unknown): boolean => (error as { code?: string } | null)?.code === '23505'

/**
 * Locks the shards and writes. What it stores is remembered at once, while the server is still busy with it: whoever
 * calls this must `forgetShards` when the transaction comes to nothing.
 * @param o.heads of the shards, where the caller has locked them already.
 */
export async function writePart(
  client: PoolClient,
  part: Part,
  o: { db: Db; at: LatestContext; heads?: ReadonlyMap<number, number> },
): Promise<PartDone> {
  const { db, at } = o
  const memories = memoriesOf(db)
  for (const [shard, head] of o.heads ?? (await lockShards(client, part.shards))) {
    const memory = memories[shard]!
    if (memory.head !== head) memory.forget()
    memory.head = head
  }
  await recall(client, memories, { ...part, sourceId: at.sourceId, floor: oldestOf(part) })
  const plan = planTicks(part.ticks, { memories, sourceId: at.sourceId })
  const latest = planLatest(part.latest, { memories, at })
  const typeId = await latestTypeId(db)
  let statements: LatestStatement[] | null = null
  const prepare = () => {
    statements ??= latestStatements(latest, { at, typeId })
    return statements
  }
  const ticks = await writeTicks(client, plan, {
    offered: part.ticks.length + plan.confirmed,
    at,
    meanwhile: prepare,
  })
  const moved = latest.inserts.length + latest.updates.length
  const changed = moved + ticks.count.inserted + ticks.restated > 0
  await writeLatest(client, prepare(), {
    meanwhile() {
      if (!changed) return
      for (const shard of part.shards) memories[shard]!.head = at.writeId
      for (const tick of plan.direct) memories[shardOf(tick.instrumentId)]!.setNewest(tick, at.sourceId)
      for (const rows of [latest.inserts, latest.updates])
        for (const row of rows) memories[shardOf(row.instrumentId)]!.setLatest(row, at)
    },
  })
  return { ticks, latest: moved, changed }
}

const oldestOf = ({ ticks, latest }: Part): Micros => {
  let oldest = Number.MAX_SAFE_INTEGER
  for (const rows of [ticks, latest]) for (const { ts } of rows) oldest = Math.min(oldest, ts)
  return oldest
}
