// How a range becomes requests: the longest pieces that the vendor serves for a bar size, each named by its end.
// https://interactivebrokers.github.io/tws-api/historical_limitations.html
import { type AssetClass, DAY_US, MINUTE_US, type Micros, SECOND_US, type Timeframe } from '@onetape/market'

interface BarSize {
  barSize: string
  /** Longest duration that one request may have. */
  pieceUs: number
}

const YEAR_US = 365 * DAY_US

const SIZES: Partial<Record<Timeframe, BarSize>> = {
  '1m': { barSize: '1 min', pieceUs: DAY_US },
  '5m': { barSize: '5 mins', pieceUs: 7 * DAY_US },
  '15m': { barSize: '15 mins', pieceUs: 7 * DAY_US },
  '30m': { barSize: '30 mins', pieceUs: 30 * DAY_US },
  '1h': { barSize: '1 hour', pieceUs: 30 * DAY_US },
  '1d': { barSize: '1 day', pieceUs: 20 * YEAR_US },
  '1w': { barSize: '1 week', pieceUs: 20 * YEAR_US },
  '1mo': { barSize: '1 month', pieceUs: 20 * YEAR_US },
}

export interface Piece {
  end: string
  duration: string
  barSize: string
}

/** Pieces over [from, to), oldest first; none lies in the future, and a duration may reach further back than asked. */
export function piecesOf(timeframe: Timeframe, range: { from: Micros; to: Micros; now: Micros }): Piece[] {
  const { barSize, pieceUs } = SIZES[timeframe]!
  const soon = Math.ceil(range.now / MINUTE_US) * MINUTE_US
  const to = Math.min(range.to, soon)
  const pieces: Piece[] = []
  for (let end = to; end > range.from; end -= pieceUs) {
    const start = Math.max(range.from, end - pieceUs)
    pieces.unshift({ end: endText(end), duration: durationText(end - start), barSize })
  }
  return pieces
}

/** UTC needs no zone in this form. */
export const endText = (end: Micros): string => {
  const iso = new Date(Math.ceil(end / SECOND_US) * 1000).toISOString()
  return `${iso.slice(0, 10).replaceAll('-', '')}-${iso.slice(11, 19)}`
}

/** Seconds up to a day, days up to a year, then years: the vendor takes nothing else for that long. */
export function durationText(us: number): string {
  if (us <= DAY_US) return `${Math.max(60, Math.ceil(us / SECOND_US))} S`
  if (us <= YEAR_US) return `${Math.ceil(us / DAY_US)} D`
  return `${Math.ceil(us / YEAR_US)} Y`
}

/** The same question in other words: so many seconds, days or years more of history, which are cut off again. */
export function stretched(duration: string, by: number): string {
  if (by === 0) return duration
  const [count, unit] = duration.split(' ') as [string, string]
  const more = Number(count) + by
  if (unit === 'S') return more <= 86_400 ? `${more} S` : `${1 + by} D`
  if (unit === 'D') return more <= 365 ? `${more} D` : `${by} Y`
  return `${more} Y`
}

/** Pairs have no trades here: the middle of bid and ask stands for them. */
export const whatToShow = (assetClass: AssetClass): 'TRADES' | 'MIDPOINT' =>
  assetClass === 'fx' ? 'MIDPOINT' : 'TRADES'
