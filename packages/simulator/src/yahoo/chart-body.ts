// The body of /v8/finance/chart: columns instead of rows, a long `meta`, and splits and dividends as events.
import { lastSession, type Micros, type Session } from '@onetape/market'
import { dividendsOf, splitFactor } from '../market/actions.ts'
import { sessionBefore, sessionDateFrom, sessionOf, venueOfListing } from '../market/calendar.ts'
import type { Listing } from '../market/listing.ts'
import type { Market } from '../market/market.ts'
import { dateInNewYork } from '../new-york.ts'
import { type ChartRange, INTERVAL_MINUTES, RANGES } from './chart-range.ts'
import { type ChartRow, dividendFactors } from './chart-rows.ts'
import { rangeOfYear, type YahooFacts } from './facts.ts'
import {
  asFloat,
  asQuoted,
  currencyOf,
  exchangeOf,
  longNameOf,
  priceHintOf,
  quoteTypeOf,
  secondsOf,
  volumeOf,
  yahooSymbol,
} from './names.ts'
import { offsetS, zoneName, zoneOf } from './zone.ts'

export interface Chart {
  facts: YahooFacts
  range: ChartRange
  rows: ChartRow[]
  events: readonly string[]
}

export function chartBody(market: Market, chart: Chart, now: Micros): object {
  const { rows, range, facts } = chart
  const meta = chartMeta(market, chart, now)
  const daily = !(range.interval in INTERVAL_MINUTES)
  if (rows.length === 0)
    return result({ meta, indicators: { quote: [{}], ...(daily ? { adjclose: [{}] } : {}) } })
  const column = (name: 'open' | 'high' | 'low' | 'close') =>
    rows.map((row) => (row[name] === null ? null : asFloat(row[name])))
  const quote = {
    open: column('open'),
    high: column('high'),
    low: column('low'),
    close: column('close'),
    volume: rows.map((row) => row.volume),
  }
  const factor = daily ? dividendFactors(market, facts.listing, rows[0]!.date, now) : null
  const adjclose =
    factor && rows.map((row) => (row.close === null ? null : asFloat(row.close * factor(row.date))))
  const events = chartEvents(chart, now)
  return result({
    meta,
    timestamp: rows.map((row) => row.time),
    ...(events ? { events } : {}),
    indicators: { quote: [quote], ...(adjclose ? { adjclose: [{ adjclose }] } : {}) },
  })
}

const result = (chart: object) => ({ chart: { result: [chart], error: null } })

function chartMeta(market: Market, { facts, range }: Chart, now: Micros): object {
  const { listing, last, day } = facts
  const exchange = exchangeOf(listing)
  const { high52, low52 } = rangeOfYear(market, listing, now)
  return {
    currency: currencyOf(listing),
    symbol: yahooSymbol(listing),
    exchangeName: exchange.code,
    fullExchangeName: exchange.name,
    instrumentType: quoteTypeOf(listing),
    firstTradeDate: secondsOf(sessionOf(listing, sessionDateFrom(listing, listing.listed))!.open),
    regularMarketTime: secondsOf(last.ts),
    hasPrePostMarketData: quoteTypeOf(listing) === 'EQUITY' || quoteTypeOf(listing) === 'ETF',
    gmtoffset: offsetS(listing, now),
    timezone: zoneName(listing, now),
    exchangeTimezoneName: zoneOf(listing),
    regularMarketPrice: asQuoted(last.price),
    fiftyTwoWeekHigh: asQuoted(high52),
    fiftyTwoWeekLow: asQuoted(low52),
    regularMarketDayHigh: asQuoted(day.high),
    regularMarketDayLow: asQuoted(day.low),
    regularMarketVolume: volumeOf(listing, day.volume, last.price),
    longName: longNameOf(listing),
    shortName: longNameOf(listing),
    chartPreviousClose: asQuoted(closeBefore(market, listing, range.from, now)),
    priceHint: priceHintOf(listing),
    currentTradingPeriod: tradingPeriod(listing, now),
    dataGranularity: range.interval,
    range: range.range,
    validRanges: RANGES,
  }
}

function closeBefore(market: Market, listing: Listing, from: Micros, now: Micros): number {
  const venue = venueOfListing(listing)
  const session = sessionBefore(lastSession(venue, Math.min(from, now)))
  const known = session.date < listing.listed ? lastSession(venue, now) : session
  const day = market.regularDay(listing, known, now) ?? market.regularDay(listing, sessionBefore(known), now)
  return day ? day.close / splitFactor(listing, day.session.date, dateInNewYork(now)) : listing.price
}

/** The session that runs or comes next. */
function tradingPeriod(listing: Listing, now: Micros): object {
  const session: Session = lastSession(venueOfListing(listing), now)
  const zone = {
    timezone: zoneName(listing, session.open),
    gmtoffset: offsetS(listing, session.open),
  }
  const period = (start: Micros, end: Micros) => ({ ...zone, start: secondsOf(start), end: secondsOf(end) })
  return {
    pre: period(session.preOpen, session.open),
    regular: period(session.open, session.close),
    post: period(session.close, session.postClose),
  }
}

/** Amounts are split-adjusted like the prices. Null when nothing was asked for or nothing happened. */
function chartEvents({ facts, range, events, rows }: Chart, now: Micros): object | null {
  const { listing } = facts
  const today = dateInNewYork(now)
  const from = rows[0]!.date
  const until = [rows.at(-1)!.date, today].sort()[0]!
  const openOf = (date: string) => secondsOf(sessionOf(listing, sessionDateFrom(listing, date))!.open)
  const inRange = (date: string) => date >= from && date <= until && range.interval !== '1m'
  const dividends = events.includes('div')
    ? dividendsOf(listing, from, until)
        .filter((d) => inRange(d.date))
        .map((d) => {
          const time = openOf(d.date)
          return [
            String(time),
            { amount: asQuoted(d.amount / splitFactor(listing, d.date, today)), date: time },
          ]
        })
    : []
  const splits = events.includes('split')
    ? listing.splits
        .filter((s) => inRange(s.date) && s.date > listing.listed)
        .map((s) => {
          const time = openOf(s.date)
          return [
            String(time),
            { date: time, numerator: s.to, denominator: s.from, splitRatio: `${s.to}:${s.from}` },
          ]
        })
    : []
  if (dividends.length === 0 && splits.length === 0) return null
  return {
    ...(dividends.length > 0 ? { dividends: Object.fromEntries(dividends) } : {}),
    ...(splits.length > 0 ? { splits: Object.fromEntries(splits) } : {}),
  }
}
