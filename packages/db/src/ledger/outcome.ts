// What became of a batch: for its ledger row, and for whoever wrote it.
import type { Micros } from '@onetape/market'
import type { Batch, BatchResult, Written } from '../batch.ts'
import type { LatestContext } from '../shards/plan-latest.ts'
import type { ClosingBatch } from '../writes/close-batch.ts'

export type Done = Record<'ticks' | 'bars' | 'daily' | 'actions', Written> & { latest: number }

/** The ledger row, or null when nothing changed. */
export function closingOf(
  batch: Batch,
  { at, done }: { at: LatestContext; done: Done },
): ClosingBatch | null {
  const { ticks, bars, daily, actions, latest } = done
  const all = [ticks, bars, daily, actions]
  const changed = (parts: Written[]) => sum(parts, (w) => w.count.inserted + w.count.updated)
  if (latest + changed(all) + sum(all, (w) => w.restated) === 0) return null
  const spans = [joined(ticks, bars), daily, spanOf(batch.latest?.rows ?? [])]
  const { minTs, maxTs } = spans.find((span) => span.minTs !== null) ?? { minTs: null, maxTs: null }
  return {
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
  }
}

export const resultOf = (o: { at: LatestContext; done: Done; batchId: number | null }): BatchResult => ({
  batchId: o.batchId,
  writeId: o.at.writeId,
  ticks: o.done.ticks.count,
  bars: o.done.bars.count,
  daily: o.done.daily.count,
  actions: o.done.actions.count,
  latest: o.done.latest,
})

interface Span {
  minTs: Micros | null
  maxTs: Micros | null
}

const sum = (parts: Written[], of: (w: Written) => number) => parts.reduce((total, w) => total + of(w), 0)

export const joined = (a: Span, b: Span): Span => ({
  minTs: a.minTs === null || b.minTs === null ? (a.minTs ?? b.minTs) : Math.min(a.minTs, b.minTs),
  maxTs: a.maxTs === null || b.maxTs === null ? (a.maxTs ?? b.maxTs) : Math.max(a.maxTs, b.maxTs),
})

export function spanOf(rows: readonly { ts: Micros }[]): Span {
  if (rows.length === 0) return { minTs: null, maxTs: null }
  let [minTs, maxTs] = [Infinity, -Infinity]
  for (const { ts } of rows) {
    minTs = Math.min(minTs, ts)
    maxTs = Math.max(maxTs, ts)
  }
  return { minTs, maxTs }
}
