// Where the rows of one file go: duplicates and faults are told apart, the rest is written some thousand at a time.
import { basename } from 'node:path'
import {
  type BarRow,
  type DailyRow,
  type Db,
  type FindingRow,
  type Instrument,
  writeBatch,
  writeFindings,
} from '@onetape/db'
import { type Basis, isIntraday, type Micros, type SymbolRef, sessionOn, venueOf } from '@onetape/market'
import { barFault } from '../backfill/bar-gate.ts'
import { countUnsupported, type FileReport } from './import-report.ts'
import type { InstrumentBook } from './instrument-book.ts'
import type { PriceRow } from './lean-row.ts'

export interface SinkDeps {
  db: Db
  book: InstrumentBook
  source: 'import:lean' | 'import:csv'
  basis: Basis
  ref: SymbolRef
  marketNow: Micros
  report: FileReport
}

export interface RowSink {
  add(line: number, row: PriceRow): Promise<void>
  reject(line: number, reason: string): void
  flush(): Promise<void>
}

const BATCH_ROWS = 4000

/** A row's five numbers in one text, to see whether two rows of one time agree. */
const fingerprint = (row: PriceRow): string => `${row.open},${row.high},${row.low},${row.close},${row.volume}`

export function openRowSink(deps: SinkDeps): RowSink {
  const { report, ref, marketNow } = deps
  const venue = venueOf(ref.assetClass)
  const seen = new Map<Micros, { line: number; values: string }>()
  let bars: BarRow[] = []
  let daily: DailyRow[] = []
  let findings: FindingRow[] = []
  let previousClose: number | null = null
  let borne: { date: string; instrument: Instrument } | null = null

  const bearerOn = async (date: string): Promise<Instrument> => {
    if (borne?.date !== date) {
      const { instrument, minted } = await deps.book.bearer(ref, date)
      if (minted) report.notes.push(minted)
      borne = { date, instrument }
    }
    return borne.instrument
  }

  const refuse = async (
    line: number,
    row: PriceRow,
    fault: { kind: string; reason: string },
  ): Promise<void> => {
    reject(line, fault.reason)
    findings.push({
      kind: fault.kind,
      instrumentId: (await bearerOn(row.sessionDate)).id,
      symbol: ref.symbol,
      ts: Number.isSafeInteger(row.ts) ? row.ts : null,
      evidence: { ...row, reason: fault.reason, file: basename(report.file), line, basis: deps.basis },
    })
  }

  const reject = (line: number, reason: string): void => {
    report.rejected.push({ row: line, reason })
  }

  return {
    reject,
    async add(line, row) {
      if (row.timeframe === '1w' || row.timeframe === '1mo') {
        return countUnsupported(report, `${row.timeframe} bars have no home: they are derived from days`)
      }
      const values = fingerprint(row)
      const twin = seen.get(row.ts)
      if (twin?.values === values) {
        report.duplicate += 1
        return
      }
      if (twin) return reject(line, `line ${twin.line} has the same time and other values`)
      seen.set(row.ts, { line, values })
      const fault = barFault(row, {
        assetClass: ref.assetClass,
        timeframe: row.timeframe,
        ts: row.ts,
        marketNow,
        previousClose,
      })
      if (fault) return refuse(line, row, fault)
      const session = sessionOn(venue, row.sessionDate)
      if (!session)
        return refuse(line, row, {
          kind: 'bar_no_session',
          reason: `the market was closed on ${row.sessionDate}`,
        })
      previousClose = row.close
      const { id: instrumentId } = await bearerOn(row.sessionDate)
      const ohlcv = { open: row.open, high: row.high, low: row.low, close: row.close, volume: row.volume }
      const stamp = { instrumentId, basis: deps.basis, ...ohlcv }
      if (isIntraday(row.timeframe))
        bars.push({ ...stamp, timeframe: row.timeframe, ts: row.ts, final: true })
      else daily.push({ ...stamp, sessionDate: row.sessionDate, settled: session.close <= marketNow })
      if (bars.length + daily.length >= BATCH_ROWS) await this.flush()
    },
    async flush() {
      const { db, source } = deps
      if (bars.length + daily.length > 0) {
        const batch = {
          kind: 'import',
          source,
          feed: source.split(':')[1]!,
          fetchedAt: marketNow,
          marketNow,
        } as const
        const written = await writeBatch(db, { ...batch, bars, daily, findings })
        for (const count of [written.bars, written.daily]) {
          report.inserted += count.inserted
          report.updated += count.updated
          report.duplicate += count.duplicate
        }
      } else if (findings.length > 0) await writeFindings(db, source, findings)
      bars = []
      daily = []
      findings = []
    },
  }
}
