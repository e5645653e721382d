// Which of a vendor's bars become rows of the tape, and which become findings. Pure.
import type { BarRow, DailyRow, FindingRow, Instrument } from '@onetape/db'
import { type Bar, isIntraday, type Micros, type Timeframe } from '@onetape/market'
import { GATE_THRESHOLDS } from '../ingest/gate-thresholds.ts'
import { type LiveBarContext, liveBarFault } from '../ingest/live-bar-gate.ts'
import { volumeOf } from '../ingest/volume-of.ts'
import { barFault } from './bar-gate.ts'

export interface JudgedBars {
  accepted: Bar[]
  findings: FindingRow[]
}

export interface JudgeBarsOptions {
  /** What was asked for: vendors round ranges to days and add the running bar. */
  range: { timeframe: Timeframe; from: Micros; to: Micros }
  instrument: Instrument
  marketNow: Micros
  /** For bars that have just come: the latest price that the tape holds (null for none) to judge them by. */
  live?: { held: LiveBarContext['held'] }
}

export function judgeBars(rows: readonly Bar[], o: JudgeBarsOptions): JudgedBars {
  const { range, instrument } = o
  const accepted: Bar[] = []
  const findings: FindingRow[] = []
  for (const bar of rows) {
    // Vendors round ranges to days and add the running bar; what was not asked for is asked for by another chunk.
    if (bar.ts < range.from || bar.ts >= range.to) continue
    const fault = faultOf(bar, o, accepted.at(-1) ?? null)
    if (!fault) {
      accepted.push(bar)
      continue
    }
    const { kind, reason, evidence } = fault
    const { id: instrumentId, symbol } = instrument
    findings.push({ kind, instrumentId, symbol, ts: bar.ts, evidence: { ...bar, ...evidence, reason } })
  }
  return { accepted, findings }
}

interface Fault {
  kind: string
  reason: string
  evidence?: Record<string, unknown>
}

function faultOf(bar: Bar, o: JudgeBarsOptions, previous: Bar | null): Fault | null {
  const { instrument, range, marketNow, live } = o
  const { assetClass, symbol } = instrument
  if (bar.symbol !== symbol || bar.assetClass !== assetClass || bar.timeframe !== range.timeframe) {
    return { kind: 'wrong_symbol', reason: `is ${bar.symbol} ${bar.timeframe}, ${symbol} was asked for` }
  }
  const { timeframe, ts } = bar
  const previousClose = previous?.close ?? null
  const fault = barFault(bar, { assetClass, timeframe, ts, marketNow, previousClose })
  if (fault || !live) return fault
  return liveBarFault(bar, { held: live.held, previous, thresholds: GATE_THRESHOLDS[assetClass] })
}

const ohlcv = ({ assetClass, open, high, low, close, volume }: Bar) => ({
  open,
  high,
  low,
  close,
  volume: volumeOf(assetClass, volume),
})

export function barRow(bar: Bar, instrumentId: number): BarRow {
  const { timeframe, ts, basis, final } = bar
  if (!isIntraday(timeframe)) throw new TypeError(`${timeframe} is no intraday timeframe`)
  return { instrumentId, timeframe, ts, basis, final, ...ohlcv(bar) }
}

export const dailyRow = (bar: Bar, instrumentId: number): DailyRow => ({
  instrumentId,
  sessionDate: bar.sessionDate,
  basis: bar.basis,
  settled: bar.final,
  ...ohlcv(bar),
})
