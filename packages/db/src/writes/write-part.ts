// Ticks and latest rows of some shards, inside a transaction that holds them: look, decide in memory, store.
import type { Micros } from '@onetape/market'
import type { PoolClient } from 'pg'
import type { LatestRow, TickRow, Written } from '../batch.ts'
import type { Db } from '../connect.ts'
import { type LatestContext, type LatestPlan, planLatest } from './plan-latest.ts'
import { planTicks, type TickPlan } from './plan-ticks.ts'
import { memoriesOf, recall, type ShardMemory } from './shard-memory.ts'
import { lockShards, moveHeads, shardOf } from './shards.ts'
import { writeLatest } from './write-latest.ts'
import { writeTicks } from './write-ticks.ts'

export interface Part {
  shards: readonly number[]
  ticks: readonly TickRow[]
  latest: readonly LatestRow[]
}

export interface PartDone {
  ticks: Written
  latest: number
  /** To be called once the transaction is committed, and only then. */
  remember(): void
}

/** What was remembered turned out to be wrong, or may be: the next writer reads it anew. */
export function forgetShards(db: Db, shards: readonly number[]): void {
  const memories = memoriesOf(db)
  for (const shard of shards) memories[shard]!.forget()
}

/** A key that memory held for new is stored already: somebody wrote without the shard's lock. */
export const isKeyTaken = (error: unknown): boolean => (error as { code?: string } | null)?.code === '23505'

export async function writePart(
  client: PoolClient,
  part: Part,
  o: { db: Db; at: LatestContext },
): Promise<PartDone> {
  const memories = memoriesOf(o.db)
  const heads = await lockShards(client, part.shards)
  for (const [shard, head] of heads) {
    const memory = memories[shard]!
    if (memory.head !== head) memory.forget()
    memory.head = head
  }
  const plan = await planPart(client, part, { memories, at: o.at })
  const ticks = await writeTicks(client, plan.ticks, { offered: part.ticks.length, at: o.at })
  const latest = await writeLatest(client, plan.latest, o.at)
  const changed = latest + ticks.count.inserted + ticks.restated > 0
  if (changed) await moveHeads(client, part.shards, o.at.writeId)
  return {
    ticks,
    latest,
    remember() {
      if (!changed) return
      for (const shard of part.shards) memories[shard]!.head = o.at.writeId
      for (const [id, tick] of plan.ticks.newest)
        memories[shardOf(id)]!.of(o.at.sourceId).set(id, {
          ts: tick.ts,
          price: tick.price,
          volume: tick.volume,
        })
      for (const { row, held } of [...plan.latest.inserts, ...plan.latest.updates])
        memories[shardOf(row.instrumentId)]!.latest.set(row.instrumentId, held)
    },
  }
}

async function planPart(
  client: PoolClient,
  { ticks, latest }: Part,
  o: { memories: readonly ShardMemory[]; at: LatestContext },
): Promise<{ ticks: TickPlan; latest: LatestPlan }> {
  const ofTicks = distinct(ticks)
  await recall(client, o.memories, {
    // A tick is weighed against the latest row as well.
    latest: ticks.length === 0 ? distinct(latest) : [...new Set([...ofTicks, ...distinct(latest)])],
    ticks: ofTicks,
    sourceId: o.at.sourceId,
    floor: oldestOf(ticks),
  })
  return {
    ticks: planTicks(ticks, { memories: o.memories, sourceId: o.at.sourceId }),
    latest: planLatest(latest, o),
  }
}

const distinct = (rows: readonly { instrumentId: number }[]): number[] => [
  ...new Set(rows.map((row) => row.instrumentId)),
]

const oldestOf = (ticks: readonly TickRow[]): Micros =>
  ticks.reduce((oldest, { ts }) => Math.min(oldest, ts), Number.MAX_SAFE_INTEGER)
