// A row of /v7/finance/quote.
import type { Micros } from '@onetape/market'
import { fundamentalsOf } from '../market/fundamentals.ts'
import { mix } from '../market/hash.ts'
import { isIndex } from '../market/index-listing.ts'
import type { Market } from '../market/market.ts'
import { dateInNewYork } from '../new-york.ts'
import { rangeOfYear, type YahooFacts } from './facts.ts'
import {
  asQuoted,
  currencyOf,
  exchangeOf,
  longNameOf,
  priceHintOf,
  type QuoteType,
  quoteTypeOf,
  secondsOf,
  volumeOf,
  yahooSymbol,
} from './names.ts'
import { offsetS, zoneName, zoneOf } from './zone.ts'

/** Fields that come whatever `fields` asks for. */
const ALWAYS = [
  'language',
  'region',
  'quoteType',
  'typeDisp',
  'quoteSourceName',
  'triggerable',
  'currency',
  'exchange',
  'exchangeTimezoneName',
  'exchangeTimezoneShortName',
  'gmtOffSetMilliseconds',
  'market',
  'marketState',
  'fullExchangeName',
  'sourceInterval',
  'exchangeDataDelayedBy',
  'regularMarketPrice',
  'regularMarketTime',
  'regularMarketPreviousClose',
  'regularMarketChange',
  'regularMarketChangePercent',
  'symbol',
]

export function quoteRow(
  market: Market,
  facts: YahooFacts,
  now: Micros,
  fields: readonly string[] | null,
): Record<string, unknown> {
  const row = {
    ...identity(facts, now),
    ...regular(facts),
    ...extended(facts),
    ...bidAsk(facts),
    ...slow(market, facts, now, fields),
  }
  if (!fields) return row
  const wanted = new Set([...ALWAYS, ...fields])
  return Object.fromEntries(Object.entries(row).filter(([name]) => wanted.has(name)))
}

const TYPE_NAMES: Record<QuoteType, string> = {
  INDEX: 'Index',
  EQUITY: 'Equity',
  ETF: 'ETF',
  CRYPTOCURRENCY: 'Cryptocurrency',
  CURRENCY: 'Currency',
}
const QUOTE_SOURCES = { equity: 'Nasdaq Real Time Price', crypto: 'CoinMarketCap', fx: 'Delayed Quote' }
const MARKETS = { equity: 'us_market', crypto: 'ccc_market', fx: 'ccy_market' }

function identity({ listing, marketState }: YahooFacts, now: Micros) {
  const { kind } = listing
  const exchange = exchangeOf(listing)
  const quoteType = quoteTypeOf(listing)
  return {
    language: 'en-US',
    region: 'US',
    quoteType,
    typeDisp: TYPE_NAMES[quoteType],
    quoteSourceName: QUOTE_SOURCES[kind],
    triggerable: true,
    customPriceAlertConfidence: 'HIGH',
    currency: currencyOf(listing),
    exchange: exchange.code,
    fullExchangeName: exchange.name,
    exchangeTimezoneName: zoneOf(listing),
    exchangeTimezoneShortName: zoneName(listing, now),
    gmtOffSetMilliseconds: offsetS(listing, now) * 1000,
    market: MARKETS[kind],
    esgPopulated: false,
    marketState,
    shortName: longNameOf(listing),
    longName: longNameOf(listing),
    hasPrePostMarketData: kind === 'equity' && quoteType !== 'INDEX',
    firstTradeDateMilliseconds: Date.parse(`${listing.listed}T14:30:00Z`),
    priceHint: priceHintOf(listing),
    corporateActions: [],
    sourceInterval: 15,
    exchangeDataDelayedBy: 0,
    tradeable: false,
    cryptoTradeable: kind === 'crypto',
    symbol: yahooSymbol(listing),
    ...(kind === 'crypto'
      ? { fromCurrency: listing.symbol.split('-')[0], toCurrency: 'USD=X', lastMarket: 'CoinMarketCap' }
      : {}),
    ...(kind === 'equity' ? { financialCurrency: 'USD' } : {}),
  }
}

function regular(facts: YahooFacts) {
  const { day, last, previousClose } = facts
  const change = last.price - previousClose
  return {
    regularMarketTime: secondsOf(last.ts),
    regularMarketPrice: asQuoted(last.price),
    regularMarketChange: asQuoted(change),
    regularMarketChangePercent: asQuoted((change / previousClose) * 100),
    regularMarketPreviousClose: asQuoted(previousClose),
    regularMarketOpen: asQuoted(day.open),
    regularMarketDayHigh: asQuoted(day.high),
    regularMarketDayLow: asQuoted(day.low),
    regularMarketDayRange: `${asQuoted(day.low)} - ${asQuoted(day.high)}`,
    regularMarketVolume: volumeOf(facts.listing, day.volume, last.price),
  }
}

function extended({ extended: found, last }: YahooFacts): Record<string, number> {
  if (!found) return {}
  const { part, trade } = found
  const change = trade.price - last.price
  return {
    [`${part}MarketTime`]: secondsOf(trade.ts),
    [`${part}MarketPrice`]: asQuoted(trade.price),
    [`${part}MarketChange`]: asQuoted(change),
    [`${part}MarketChangePercent`]: asQuoted((change / last.price) * 100),
  }
}

/** Stocks have no bid and no ask outside regular hours, which Yahoo writes as 0; coins have none at all, currencies no sizes. */
function bidAsk({ listing, quote, marketState }: YahooFacts): Record<string, number> {
  if (listing.kind === 'crypto') return {}
  if (listing.kind === 'fx') return { bid: quote.bid, ask: quote.ask, bidSize: 0, askSize: 0 }
  if (marketState !== 'REGULAR' || isIndex(listing)) return { bid: 0, ask: 0, bidSize: 0, askSize: 0 }
  return { bid: quote.bid, ask: quote.ask, bidSize: quote.bidSize, askSize: quote.askSize }
}

/** Figures over a year, worked out only when asked for. */
function slow(
  market: Market,
  facts: YahooFacts,
  now: Micros,
  fields: readonly string[] | null,
): Record<string, unknown> {
  if (
    fields &&
    !fields.some((name) => /^(fiftyTwoWeek|averageDaily|marketCap|sharesOutstanding|volume24Hr)/.test(name))
  )
    return {}
  const { listing, last } = facts
  const { high52, low52 } = rangeOfYear(market, listing, now)
  const average = volumeOf(listing, listing.volume, last.price)
  const shares = fundamentalsOf(listing, dateInNewYork(now))?.sharesOutstanding
  return {
    fiftyTwoWeekHigh: asQuoted(high52),
    fiftyTwoWeekLow: asQuoted(low52),
    fiftyTwoWeekRange: `${asQuoted(low52)} - ${asQuoted(high52)}`,
    averageDailyVolume3Month: Math.round(average),
    averageDailyVolume10Day: Math.round(average * 0.97),
    ...(shares ? { sharesOutstanding: shares, marketCap: Math.round(last.price * shares) } : {}),
    ...(listing.kind === 'crypto'
      ? {
          marketCap: Math.round(last.price * listing.volume * (120 + (mix(listing.key, 77) % 200))),
          volume24Hr: volumeOf(listing, facts.day.volume, last.price),
        }
      : {}),
  }
}
