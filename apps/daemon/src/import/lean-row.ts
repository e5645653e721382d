// One line of a LEAN price file to one bar. Equity prices are integers of 1/10000 dollar in New York time;
// crypto prices are plain and in UTC. https://github.com/QuantConnect/Lean/tree/master/Data
import { instantInZone, type Micros, type Ohlcv, type Timeframe } from '@onetape/market'
import { isoDate, type LeanPriceFile } from './lean-path.ts'

export interface PriceRow extends Ohlcv {
  timeframe: Timeframe
  ts: Micros
  sessionDate: string
}

export type LineResult = { row: PriceRow } | { fault: string }

const DAY_MS = 86_400_000
const NEW_YORK = 'America/New_York'
const EQUITY_SCALE = 10_000
const NUMBER = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i
const STAMP = /^(\d{8}) (\d{2}):(\d{2})$/

const TIMEFRAMES: Partial<Record<LeanPriceFile['resolution'], Timeframe>> = {
  daily: '1d',
  hour: '1h',
  minute: '1m',
}

/** Why rows of this file have no home in the tape, or null. */
export function leanUnsupported(file: LeanPriceFile): string | null {
  if (file.security !== 'equity' && file.security !== 'crypto' && file.security !== 'fx') {
    return `${file.security} prices have no home in the tape yet`
  }
  if (file.what === 'quote') return 'bid/ask bars have no home: the tape keeps trades'
  return TIMEFRAMES[file.resolution] ? null : `${file.resolution} data has no home: the shortest bar is 1m`
}

export function parseLeanLine(line: string, file: LeanPriceFile): LineResult {
  const cells = line.split(',')
  if (cells.length !== 6) return { fault: `${cells.length} columns, not the 6 of a trade bar` }
  const bad = cells.slice(1).find((c) => !NUMBER.test(c))
  if (bad !== undefined) return { fault: `${JSON.stringify(bad.slice(0, 20))} is not a number` }
  const when = stamp(cells[0]!, file)
  if ('fault' in when) return when
  const equity = file.security === 'equity'
  const prices = cells.slice(1, 5).map(Number)
  if (equity && prices.some((p) => !Number.isInteger(p))) {
    return { fault: 'equity prices are whole numbers of 1/10000 dollar, this one has decimals' }
  }
  const [open, high, low, close] = equity ? prices.map((p) => p / EQUITY_SCALE) : prices
  return {
    row: {
      ...when,
      timeframe: TIMEFRAMES[file.resolution]!,
      open: open!,
      high: high!,
      low: low!,
      close: close!,
      volume: Number(cells[5]),
    },
  }
}

function stamp(cell: string, file: LeanPriceFile): { ts: Micros; sessionDate: string } | { fault: string } {
  const zone = file.security === 'equity' ? NEW_YORK : 'UTC'
  if (file.date) {
    const ms = Number(cell)
    if (!/^\d+$/.test(cell) || ms >= DAY_MS)
      return { fault: `${JSON.stringify(cell.slice(0, 20))} is no time of day in ms` }
    if (ms % 60_000 !== 0) return { fault: `${cell} ms is not the start of a minute` }
    return { ts: instantInZone(file.date, ms, zone), sessionDate: file.date }
  }
  const m = STAMP.exec(cell)
  const date = m && isoDate(m[1]!)
  if (!m || !date || Number(m[2]) > 23 || Number(m[3]) > 59) {
    return { fault: `${JSON.stringify(cell.slice(0, 20))} is no date and time` }
  }
  if (file.resolution === 'daily') return { ts: Date.parse(`${date}T00:00:00Z`) * 1000, sessionDate: date }
  return { ts: instantInZone(date, (Number(m[2]) * 60 + Number(m[3])) * 60_000, zone), sessionDate: date }
}
