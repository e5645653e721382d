// A chunk's bars through the quality gate and into the tape.
import { type Chunk, type Db, type Instrument, writeBatch, writeFindings } from '@onetape/db'
import { isIntraday, type Micros } from '@onetape/market'
import type { ChunkAnswer } from './fetch-chunk.ts'
import { barRow, dailyRow, judgeBars } from './judge-bars.ts'

export interface RowCounts {
  offered: number
  inserted: number
  updated: number
  duplicate: number
  /** Rows that the adapter dropped or the gate refused. */
  rejected: number
}

const BATCH_ROWS = 5_000

export async function storeChunk(
  db: Db,
  { source, fetched }: ChunkAnswer,
  o: { chunk: Chunk; instrument: Instrument; marketNow: Micros },
): Promise<RowCounts> {
  const counts: RowCounts = {
    offered: 0,
    inserted: 0,
    updated: 0,
    duplicate: 0,
    rejected: fetched.dropped.length,
  }
  const { accepted, findings } = judgeBars(fetched.rows, { ...o, range: o.chunk })
  counts.offered = accepted.length
  counts.rejected += findings.length
  const intraday = isIntraday(o.chunk.timeframe)
  for (let at = 0; at < accepted.length; at += BATCH_ROWS) {
    const rows = accepted.slice(at, at + BATCH_ROWS)
    const written = await writeBatch(db, {
      kind: intraday ? 'bars' : 'daily',
      source,
      feed: rows[0]!.feed,
      fetchedAt: fetched.fetchedAt,
      marketNow: o.marketNow,
      ...(intraday
        ? { bars: rows.map((b) => barRow(b, o.instrument.id)) }
        : { daily: rows.map((b) => dailyRow(b, o.instrument.id)) }),
    })
    const count = intraday ? written.bars : written.daily
    counts.inserted += count.inserted
    counts.updated += count.updated
    counts.duplicate += count.duplicate
  }
  if (findings.length > 0) await writeFindings(db, source, findings)
  return counts
}
