// A chunk's bars through the quality gate and into the tape.
import {
  type BarRow,
  type Chunk,
  type DailyRow,
  type Db,
  type FindingRow,
  type Instrument,
  writeBatch,
  writeFindings,
} from '@onetape/db'
import { type Bar, isIntraday, type Micros } from '@onetape/market'
import { barFault } from './bar-gate.ts'
import type { ChunkAnswer } from './fetch-chunk.ts'

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
  const { accepted, findings } = judge(fetched.rows, o)
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

function judge(
  rows: readonly Bar[],
  { chunk, instrument, marketNow }: { chunk: Chunk; instrument: Instrument; marketNow: Micros },
): { accepted: Bar[]; findings: FindingRow[] } {
  const accepted: Bar[] = []
  const findings: FindingRow[] = []
  let previousClose: number | null = null
  for (const bar of rows) {
    // Vendors round ranges to days and add the running bar; what was not asked for is asked for by another chunk.
    if (bar.ts < chunk.from || bar.ts >= chunk.to) continue
    const { timeframe, ts } = bar
    const fault = barFault(bar, {
      assetClass: instrument.assetClass,
      timeframe,
      ts,
      marketNow,
      previousClose,
    })
    if (fault) {
      const evidence = { ...bar, reason: fault.reason }
      findings.push({
        kind: fault.kind,
        instrumentId: instrument.id,
        symbol: instrument.symbol,
        ts,
        evidence,
      })
    } else {
      accepted.push(bar)
      previousClose = bar.close
    }
  }
  return { accepted, findings }
}

const ohlcv = ({ open, high, low, close, volume }: Bar) => ({ open, high, low, close, volume })

function barRow(bar: Bar, instrumentId: number): BarRow {
  const { timeframe, ts, basis, final } = bar
  if (!isIntraday(timeframe)) throw new TypeError(`${timeframe} is no intraday timeframe`)
  return { instrumentId, timeframe, ts, basis, final, ...ohlcv(bar) }
}

const dailyRow = (bar: Bar, instrumentId: number): DailyRow => ({
  instrumentId,
  sessionDate: bar.sessionDate,
  basis: bar.basis,
  settled: bar.final,
  ...ohlcv(bar),
})
