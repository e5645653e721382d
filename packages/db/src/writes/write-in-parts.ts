/**
 * A large batch over several connections, each with shards of its own. Its intent stands in the ledger
 * first; the parts commit without a flush; the commit that closes the batch flushes them all and tells the followers.
 * What of it is stored when its writer dies is closed by another (`recoverIntents`).
 */
import { availableParallelism } from 'node:os'
import type { PoolClient } from 'pg'
import { type Batch, type BatchResult, nothingWritten, type Written } from '../batch.ts'
import type { Db } from '../connect.ts'
import {
  beginPart,
  closeIntent,
  commitAndLetGo,
  commitPart,
  dropIntent,
  joinBatch,
  openIntent,
} from '../ledger/intents.ts'
import { closingOf, type Done, joined, resultOf, spanOf } from '../ledger/outcome.ts'
import type { LatestContext } from '../shards/plan-latest.ts'
import { inTurn, SHARDS, shardOf, shardsOf } from '../shards/shards.ts'
import type { Context } from './write-batch.ts'
import { forgetShards, type Part, type PartDone, writePart } from './write-part.ts'

export interface InParts {
  batch: Batch
  context: Context
  /** Runs a part's transaction again where that helps. */
  again<T>(work: () => Promise<T>): Promise<T>
  /** Writes everything but ticks and latest, in the closing transaction. */
  rest(client: PoolClient, batch: Batch, at: LatestContext): Promise<Pick<Done, 'bars' | 'daily' | 'actions'>>
}

/** One batch in parts at a time: two could take all connections and wait for more. */
const busy = new WeakMap<Db, Promise<unknown>>()

export function writeInParts(db: Db, o: InParts): Promise<BatchResult> {
  const before = busy.get(db) ?? Promise.resolve()
  const mine = before.catch(() => {}).then(() => write(db, o))
  busy.set(db, mine)
  return mine
}

async function write(db: Db, o: InParts): Promise<BatchResult> {
  const { batch, context } = o
  const client = await db.pool.connect()
  let broken: Error | undefined
  try {
    const span = spanOf(batch.ticks ?? [])
    const rowsOffered = (batch.ticks?.length ?? 0) + (batch.latest?.rows.length ?? 0)
    const opened = openIntent(client, { ...batch, ...context, ...span, rowsOffered })
    opened.catch(() => {}) // told where it is awaited
    const writing = partsOf(batch).map((part) => writeAlone(db, { ...o, part, opened }))
    const settled = await Promise.allSettled(writing)
    const at: LatestContext = { ...context, writeId: await opened }
    const done = settled.flatMap((part) => (part.status === 'fulfilled' ? [part.value] : []))
    const failed = settled.find((part) => part.status === 'rejected')
    const result = await close(client, { ...o, at, parts: done, isWhole: !failed })
    if (failed) throw failed.reason
    return result
  } catch (error) {
    // The connection is thrown away, and the writer's lock with it: what is open is then closed by `recoverIntents`.
    broken = error instanceof Error ? error : new Error(String(error))
    throw error
  } finally {
    client.release(broken)
  }
}

/** As many as this machine can work on at once, or the fewest that are worth it. */
const PARTS = Math.min(SHARDS, Math.max(2, availableParallelism()))

function partsOf(batch: Batch): Part[] {
  const parts = Array.from({ length: PARTS }, (): { [K in keyof Part]: Part[K][number][] } => ({
    shards: [],
    ticks: [],
    latest: [],
  }))
  for (const shard of shardsOf(batch.ticks ?? [], batch.latest?.rows ?? []))
    parts[shard % PARTS]!.shards.push(shard)
  for (const tick of batch.ticks ?? []) parts[shardOf(tick.instrumentId) % PARTS]!.ticks.push(tick)
  for (const row of batch.latest?.rows ?? []) parts[shardOf(row.instrumentId) % PARTS]!.latest.push(row)
  return parts.filter((part) => part.shards.length > 0)
}

/** @param o.opened the intent's write id: the shards are locked while it is written. */
const writeAlone = (db: Db, o: InParts & { part: Part; opened: Promise<number> }): Promise<PartDone> =>
  o.again(() =>
    inTurn(db, o.part.shards, async () => {
      const { shards } = o.part
      const client = await db.pool.connect()
      let broken: Error | undefined
      try {
        const heads = await beginPart(client, shards)
        const writeId = await o.opened
        await joinBatch(client, writeId)
        const done = await writePart(client, o.part, { db, at: { ...o.context, writeId }, heads })
        await commitPart(client, { shards, head: done.changed ? writeId : null })
        return done
      } catch (error) {
        forgetShards(db, shards)
        await client.query('rollback').catch((failure: Error) => {
          broken = failure
        })
        throw error
      } finally {
        client.release(broken)
      }
    }),
  )

async function close(
  client: PoolClient,
  o: InParts & { at: LatestContext; parts: readonly PartDone[]; isWhole: boolean },
): Promise<BatchResult> {
  const { batch, at } = o
  await client.query('begin')
  try {
    const none = { bars: nothingWritten(), daily: nothingWritten(), actions: nothingWritten() }
    const done: Done = {
      ticks: o.parts.map((part) => part.ticks).reduce(added, nothingWritten()),
      latest: o.parts.reduce((sum, part) => sum + part.latest, 0),
      ...(o.isWhole ? await o.rest(client, batch, at) : none),
    }
    const closing = closingOf(batch, { at, done })
    const batchId = closing && (await closeIntent(client, closing))
    if (!closing) await dropIntent(client, at.writeId)
    await commitAndLetGo(client, at.writeId)
    return resultOf({ at, done, batchId })
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw error
  }
}

const added = (a: Written, b: Written): Written => ({
  count: {
    offered: a.count.offered + b.count.offered,
    inserted: a.count.inserted + b.count.inserted,
    updated: a.count.updated + b.count.updated,
    duplicate: a.count.duplicate + b.count.duplicate,
  },
  restated: a.restated + b.restated,
  ...joined(a, b),
})
