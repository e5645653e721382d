// One answer of one source becomes part of the tape in one transaction, or not at all.
import { ASSET_CLASSES, type AssetClass, type Micros } from '@onetape/market'
import type { PoolClient } from 'pg'
import type { Batch, BatchResult, Written } from '../batch.ts'
import type { Db } from '../connect.ts'
import { instrumentClasses } from '../instrument-classes.ts'
import { createPartitionsFor, isPartitionMissing, requirePlausible } from '../partitions.ts'
import { inTransaction } from '../transaction.ts'
import { closeBatch } from './close-batch.ts'
import { sourceIds } from './source-ids.ts'
import { writeActions } from './write-actions.ts'
import { writeBars } from './write-bars.ts'
import { writeDaily } from './write-daily.ts'
import { insertFindings } from './write-findings.ts'
import { type LatestContext, writeLatest } from './write-latest.ts'
import { writeSync } from './write-sync.ts'
import { writeTicks } from './write-ticks.ts'

/**
 * Rows, latest, sync state, findings, the ledger row and its NOTIFY. Writing the same batch again changes nothing.
 * Partitions that are missing are made outside the transaction, which then runs again from its start.
 */
export async function writeBatch(db: Db, batch: Batch): Promise<BatchResult> {
  requirePlausible([...(batch.ticks ?? []), ...(batch.bars ?? [])], batch.marketNow)
  const context = await contextOf(db, batch)
  for (let attempt = 1; ; attempt++) {
    try {
      return await inTransaction(db, (client) => write(client, batch, context))
    } catch (error) {
      if (!isPartitionMissing(error) || attempt === 3) throw error
      await createPartitionsFor(db, {
        marketNow: batch.marketNow,
        ticks: (batch.ticks ?? []).map((t) => t.ts),
        bars: (batch.bars ?? []).map((b) => b.ts),
      })
    }
  }
}

type Context = Omit<LatestContext, 'writeId'>

/** What the statements need to know; dictionaries are filled before the transaction, so that it holds no lock on them. */
async function contextOf(db: Db, batch: Batch): Promise<Context> {
  const order = batch.latest?.sourceOrder ?? {}
  const orders = ASSET_CLASSES.map((c): [AssetClass, readonly string[]] => [
    c,
    order[c] ?? order.default ?? [],
  ])
  const ids = await sourceIds(db, [batch.source, ...orders.flatMap(([, names]) => names)])
  const orderIds = new Map(orders.map(([c, names]) => [c, names.map((name) => ids.get(name)!)]))
  const instrumentIds = new Set<number>()
  for (const rows of [batch.latest?.rows, batch.ticks, batch.bars, batch.daily, batch.actions]) {
    for (const row of rows ?? []) instrumentIds.add(row.instrumentId)
  }
  return {
    sourceId: ids.get(batch.source)!,
    fetchedAt: batch.fetchedAt,
    classes: await instrumentClasses(db, instrumentIds),
    orderOf: (assetClass) => orderIds.get(assetClass)!,
    staleBefore: batch.marketNow - 2 * (batch.latest?.cadenceUs ?? 0),
  }
}

/** Tables, and rows within a table, are always taken in this order: two writers cannot wait for each other. */
async function write(client: PoolClient, batch: Batch, context: Context): Promise<BatchResult> {
  const { rows } = await client.query(`select nextval('tape_batches_write_id_seq') as write_id`)
  const at: LatestContext = { ...context, writeId: rows[0].write_id }
  const ticks = await writeTicks(client, batch.ticks ?? [], at)
  const bars = await writeBars(client, batch.bars ?? [], at)
  const daily = await writeDaily(client, batch.daily ?? [], at)
  const actions = await writeActions(client, batch.actions ?? [], at)
  const latest = await writeLatest(client, batch.latest?.rows ?? [], at)
  if (batch.sync) await writeSync(client, batch.sync)
  await insertFindings(client, batch.findings ?? [], at)
  const done = { ticks, bars, daily, actions, latest }
  return {
    batchId: await close(client, batch, at, done),
    writeId: at.writeId,
    ticks: ticks.count,
    bars: bars.count,
    daily: daily.count,
    actions: actions.count,
    latest,
  }
}

type Done = Record<'ticks' | 'bars' | 'daily' | 'actions', Written> & { latest: number }

/** The ledger row, unless nothing changed. */
async function close(
  client: PoolClient,
  batch: Batch,
  at: LatestContext,
  done: Done,
): Promise<number | null> {
  const { ticks, bars, daily, actions, latest } = done
  const all = [ticks, bars, daily, actions]
  const changed = (parts: Written[]) => sum(parts, (w) => w.count.inserted + w.count.updated)
  if (latest + changed(all) + sum(all, (w) => w.restated) === 0) return null
  const spans = [joined(ticks, bars), daily, spanOf(batch.latest?.rows ?? [])]
  const { minTs, maxTs } = spans.find((span) => span.minTs !== null) ?? { minTs: null, maxTs: null }
  return await closeBatch(client, {
    writeId: at.writeId,
    kind: batch.kind,
    sourceId: at.sourceId,
    feed: batch.feed,
    fetchedAt: batch.fetchedAt,
    minTs,
    maxTs,
    rowsOffered: sum(all, (w) => w.count.offered) + (batch.latest?.rows.length ?? 0),
    rowsWritten: changed(all) + latest,
    eventsWritten: changed([ticks, bars]),
    attempts: batch.attempts,
  })
}

interface Span {
  minTs: Micros | null
  maxTs: Micros | null
}

const sum = (parts: Written[], of: (w: Written) => number) => parts.reduce((total, w) => total + of(w), 0)

const joined = (a: Span, b: Span): Span => ({
  minTs: a.minTs === null || b.minTs === null ? (a.minTs ?? b.minTs) : Math.min(a.minTs, b.minTs),
  maxTs: a.maxTs === null || b.maxTs === null ? (a.maxTs ?? b.maxTs) : Math.max(a.maxTs, b.maxTs),
})

const spanOf = (rows: readonly { ts: Micros }[]): Span =>
  rows.reduce((span: Span, { ts }) => joined(span, { minTs: ts, maxTs: ts }), { minTs: null, maxTs: null })
