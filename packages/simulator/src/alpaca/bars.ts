// /v2/stocks/bars and its sister for coins: pages over all symbols, sorted by symbol and then by time. A symbol may
// first appear on a later page.
import { addDays, instantInZone, type Micros, microsFromIso } from '@onetape/market'
import type { Candle } from '../market/candle.ts'
import type { Listing } from '../market/listing.ts'
import type { Market } from '../market/market.ts'
import { dateInNewYork } from '../new-york.ts'
import { type Adjustment, adjuster } from './adjustment.ts'
import { BadParameter } from './answers.ts'
import { baseCandles, joined } from './base-candles.ts'
import { type BarRow, barRow } from './rows.ts'
import type { Tape } from './tape.ts'
import { type BarLength, windowAt, zoneOf } from './timeframe.ts'

export interface BarsQuery {
  /** By the vendor's symbol. */
  listings: ReadonlyMap<string, Listing>
  length: BarLength
  /** Both included. */
  start: Micros
  end: Micros
  limit: number
  newestFirst: boolean
  adjustment: Adjustment
  pageToken: string | undefined
}

export interface BarsPage {
  bars: Record<string, BarRow[]>
  nextPageToken: string | null
}

/** @throws BadParameter */
export function barsPage(market: Market, tape: Tape, query: BarsQuery): BarsPage {
  const bars: Record<string, BarRow[]> = {}
  const token = query.pageToken === undefined ? null : readToken(query.pageToken)
  let left = query.limit
  let lastToken = ''
  for (const symbol of [...query.listings.keys()].sort()) {
    if (token && symbol < token.symbol) continue
    const own = token?.symbol === symbol ? { ...query, ...after(query, token.ts) } : query
    for (const { ts, candle } of barsOf(market, tape, { listing: query.listings.get(symbol)!, ...own })) {
      if (left === 0) return { bars, nextPageToken: lastToken }
      left--
      const rows = bars[symbol] ?? []
      bars[symbol] = rows
      rows.push(barRow(ts, candle))
      lastToken = writeToken(symbol, query.length, ts)
    }
  }
  return { bars, nextPageToken: null }
}

const after = ({ newestFirst, start, end }: BarsQuery, ts: Micros) =>
  newestFirst ? { start, end: ts - 1 } : { start: ts + 1, end }

/** Bars that start in the range, in order. */
function* barsOf(
  market: Market,
  tape: Tape,
  q: BarsQuery & { listing: Listing },
): Generator<{ ts: Micros; candle: Candle }> {
  if (q.start > q.end) return
  const { listing, length, newestFirst } = q
  const zone = zoneOf(listing)
  const adjust = adjuster(market, listing, { adjustment: q.adjustment, today: dateInNewYork(tape.now) })
  const range = {
    length,
    newestFirst,
    from: windowAt(length, zone, q.start).start,
    to: windowAt(length, zone, Math.min(q.end, tape.now)).end,
  }
  let bar: { ts: Micros; end: Micros; candle: Candle } | null = null
  for (const base of baseCandles(tape, listing, range)) {
    const candle = adjust(base.candle, base.date)
    if (bar && base.ts >= bar.ts && base.ts < bar.end) {
      bar.candle = newestFirst ? joined(candle, bar.candle) : joined(bar.candle, candle)
      continue
    }
    if (bar && bar.ts >= q.start && bar.ts <= q.end) yield bar
    const { start, end } = windowAt(length, zone, base.ts)
    bar = { ts: start, end, candle }
  }
  if (bar && bar.ts >= q.start && bar.ts <= q.end) yield bar
}

const LETTERS: Record<BarLength['unit'], string> = { minute: 'M', hour: 'H', day: 'D', week: 'W', month: 'O' }

const writeToken = (symbol: string, { unit }: BarLength, ts: Micros): string =>
  Buffer.from(`${symbol}|${LETTERS[unit]}|${BigInt(ts) * 1000n}`).toString('base64')

function readToken(text: string): { symbol: string; ts: Micros } {
  const [symbol, , nanos] = Buffer.from(text, 'base64').toString().split('|')
  if (!symbol || !/^\d{1,19}$/.test(nanos ?? '')) throw new BadParameter('invalid page_token')
  return { symbol, ts: Number(BigInt(nanos!) / 1000n) }
}

/** RFC 3339, or a date: its first instant, or its last where a range ends. @throws BadParameter */
export function instantOf(name: 'start' | 'end', text: string, zone: string): Micros {
  const instant = microsFromIso(text)
  if (instant !== null) return instant
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && microsFromIso(`${text}T00:00:00Z`) !== null) {
    const midnight = instantInZone(text, 0, zone)
    return name === 'start' ? midnight : instantInZone(addDays(text, 1), 0, zone) - 1
  }
  throw new BadParameter(
    `Invalid format for parameter ${name}: error parsing '${text}' as RFC3339 or 2006-01-02 time`,
  )
}
