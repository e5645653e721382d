// Which of a vendor's bars become rows of the tape, and which become findings. Pure.
import type { BarRow, DailyRow, FindingRow, Instrument } from '@onetape/db'
import { type Bar, isIntraday, type Micros, type Timeframe } from '@onetape/market'
import { barFault } from './bar-gate.ts'

export interface JudgedBars {
  accepted: Bar[]
  findings: FindingRow[]
}

/** @param o.range what was asked for: vendors round ranges to days and add the running bar. */
export function judgeBars(
  rows: readonly Bar[],
  o: {
    range: { timeframe: Timeframe; from: Micros; to: Micros }
    instrument: Instrument
    marketNow: Micros
  },
): JudgedBars {
  const { range, instrument, marketNow } = o
  const accepted: Bar[] = []
  const findings: FindingRow[] = []
  let previousClose: number | null = null
  for (const bar of rows) {
    // Vendors round ranges to days and add the running bar; what was not asked for is asked for by another chunk.
    if (bar.ts < range.from || bar.ts >= range.to) continue
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
