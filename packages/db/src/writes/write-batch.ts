// One answer of one source becomes part of the tape: in one transaction, or, when it is large, in parts side by side.
import { ASSET_CLASSES, type AssetClass } from '@onetape/market'
import type { PoolClient } from 'pg'
import { type Batch, type BatchResult, nothingWritten } from '../batch.ts'
import type { Db } from '../connect.ts'
import { instrumentClasses } from '../instrument-classes.ts'
import { closingOf, type Done, resultOf } from '../ledger/outcome.ts'
import { createPartitionsFor, isPartitionMissing, requirePlausible } from '../partitions.ts'
import type { LatestContext } from '../shards/plan-latest.ts'
import { inTurn, moveHeads, SHARDS, shardsOf } from '../shards/shards.ts'
import { inTransaction } from '../transaction.ts'
import { closeBatch } from './close-batch.ts'
import { sourceIds } from './source-ids.ts'
import { writeActions } from './write-actions.ts'
import { writeBars } from './write-bars.ts'
import { writeDaily } from './write-daily.ts'
import { insertFindings } from './write-findings.ts'
import { writeInParts } from './write-in-parts.ts'
import { forgetShards, isKeyTaken, type PartDone, writePart } from './write-part.ts'
import { writeSync } from './write-sync.ts'

export interface WriteOptions {
  /** Ticks and latest rows from which a batch is written in parts. */
  partsFrom?: number
}

/** From here on a second connection saves more than its messages cost. */
const PARTS_FROM = 2_000
/** One connection for each part and one for the ledger; the pool must have some to spare. */
const CONNECTIONS_FOR_PARTS = SHARDS + 2
const TRIES = 4

/**
 * Rows, latest, sync state, findings, the ledger row and its NOTIFY. Writing the same batch again changes nothing.
 * Partitions that are missing are made outside the transaction, which then runs again from its start.
 */
export async function writeBatch(db: Db, batch: Batch, o: WriteOptions = {}): Promise<BatchResult> {
  requirePlausible(batch.ticks ?? [], batch.marketNow)
  requirePlausible(batch.bars ?? [], batch.marketNow)
  const context = await contextOf(db, batch)
  const shards = shardsOf(batch.ticks ?? [], batch.latest?.rows ?? [])
  const rows = (batch.ticks?.length ?? 0) + (batch.latest?.rows.length ?? 0)
  const isLarge = rows >= (o.partsFrom ?? PARTS_FROM) && shards.length > 1
  if (isLarge && (db.pool.options.max ?? 0) >= CONNECTIONS_FOR_PARTS)
    return await writeInParts(db, {
      batch,
      context,
      again: (work) => again(db, { batch, shards, work }),
      rest,
    })
  const whole = () => inTurn(db, shards, () => writeWhole(db, { batch, context, shards }))
  return await again(db, { batch, shards, work: whole })
}

export type Context = Omit<LatestContext, 'writeId'>

/** What the statements need to know; dictionaries are filled before the transaction, so that it holds no lock on them. */
async function contextOf(db: Db, batch: Batch): Promise<Context> {
  const order = batch.latest?.sourceOrder ?? {}
  const orders = ASSET_CLASSES.map((c): [AssetClass, readonly string[]] => [
    c,
    order[c] ?? order.default ?? [],
  ])
  const ids = await sourceIds(db, [batch.source, ...orders.flatMap(([, names]) => names)])
  const orderIds = new Map(orders.map(([c, names]) => [c, names.map((name) => ids.get(name)!)]))
  return {
    sourceId: ids.get(batch.source)!,
    fetchedAt: batch.fetchedAt,
    classes: await instrumentClasses(db, [
      ...[batch.latest?.rows ?? [], batch.ticks ?? [], batch.bars ?? []],
      ...[batch.daily ?? [], batch.actions ?? []],
    ]),
    orderOf: (assetClass) => orderIds.get(assetClass)!,
    staleBefore: batch.marketNow - 2 * (batch.latest?.cadenceUs ?? 0),
  }
}

/** Runs a transaction again when a partition was missing or a key was taken that memory held for free. */
async function again<T>(
  db: Db,
  o: { batch: Batch; shards: readonly number[]; work: () => Promise<T> },
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await o.work()
    } catch (error) {
      const missing = isPartitionMissing(error)
      if (attempt === TRIES || !(missing || isKeyTaken(error))) throw error
      if (!missing) continue
      await createPartitionsFor(db, {
        marketNow: o.batch.marketNow,
        ticks: (o.batch.ticks ?? []).map((t) => t.ts),
        bars: (o.batch.bars ?? []).map((b) => b.ts),
      })
    }
  }
}

/** Tables, and rows within a table, are always taken in this order: two writers cannot wait for each other. */
async function writeWhole(
  db: Db,
  { batch, context, shards }: { batch: Batch; context: Context; shards: readonly number[] },
): Promise<BatchResult> {
  try {
    return await inTransaction(db, async (client) => {
      const { rows } = await client.query(`select nextval('tape_batches_write_id_seq') as write_id`)
      const at: LatestContext = { ...context, writeId: rows[0].write_id }
      const part = await writeTheOnlyPart(client, { db, batch, at, shards })
      if (part.changed) await moveHeads(client, shards, at.writeId)
      const done: Done = { ticks: part.ticks, latest: part.latest, ...(await rest(client, batch, at)) }
      const closing = closingOf(batch, { at, done })
      return resultOf({ at, done, batchId: closing && (await closeBatch(client, closing)) })
    })
  } catch (error) {
    forgetShards(db, shards)
    throw error
  }
}

const writeTheOnlyPart = async (
  client: PoolClient,
  o: { db: Db; batch: Batch; at: LatestContext; shards: readonly number[] },
): Promise<PartDone> =>
  o.shards.length === 0
    ? { ticks: nothingWritten(), latest: 0, changed: false }
    : await writePart(
        client,
        { shards: o.shards, ticks: o.batch.ticks ?? [], latest: o.batch.latest?.rows ?? [] },
        o,
      )

/** Everything but ticks and latest. */
async function rest(
  client: PoolClient,
  batch: Batch,
  at: LatestContext,
): Promise<Pick<Done, 'bars' | 'daily' | 'actions'>> {
  const bars = await writeBars(client, batch.bars ?? [], at)
  const daily = await writeDaily(client, batch.daily ?? [], at)
  const actions = await writeActions(client, batch.actions ?? [], at)
  if (batch.sync) await writeSync(client, batch.sync)
  await insertFindings(client, batch.findings ?? [], at)
  return { bars, daily, actions }
}
