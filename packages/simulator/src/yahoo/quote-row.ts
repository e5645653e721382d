// A row of /v7/finance/quote.
import type { Micros } from '@onetape/market'
import { mix } from '../market/hash.ts'
import type { Market } from '../market/market.ts'
import { newYorkOffsetS, newYorkZoneName } from '../new-york.ts'
import { type YahooFacts, yearRange } from './facts.ts'
import { asQuoted, exchangeOf, longNameOf, quoteTypeOf, secondsOf, yahooSymbol } from './names.ts'

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

function identity({ listing, marketState }: YahooFacts, now: Micros) {
  const crypto = listing.kind === 'crypto'
  const exchange = exchangeOf(listing)
  const quoteType = quoteTypeOf(listing)
  return {
    language: 'en-US',
    region: 'US',
    quoteType,
    typeDisp: { EQUITY: 'Equity', ETF: 'ETF', CRYPTOCURRENCY: 'Cryptocurrency' }[quoteType],
    quoteSourceName: crypto ? 'CoinMarketCap' : 'Nasdaq Real Time Price',
    triggerable: true,
    customPriceAlertConfidence: 'HIGH',
    currency: 'USD',
    exchange: exchange.code,
    fullExchangeName: exchange.name,
    exchangeTimezoneName: crypto ? 'UTC' : 'America/New_York',
    exchangeTimezoneShortName: crypto ? 'UTC' : newYorkZoneName(now),
    gmtOffSetMilliseconds: crypto ? 0 : newYorkOffsetS(now) * 1000,
    market: crypto ? 'ccc_market' : 'us_market',
    esgPopulated: false,
    marketState,
    shortName: longNameOf(listing),
    longName: longNameOf(listing),
    hasPrePostMarketData: !crypto,
    firstTradeDateMilliseconds: Date.parse(`${listing.listed}T14:30:00Z`),
    priceHint: listing.price < 1 ? 4 : 2,
    corporateActions: [],
    sourceInterval: 15,
    exchangeDataDelayedBy: 0,
    tradeable: false,
    cryptoTradeable: crypto,
    symbol: yahooSymbol(listing),
    ...(crypto
      ? { fromCurrency: listing.symbol.split('-')[0], toCurrency: 'USD=X', lastMarket: 'CoinMarketCap' }
      : { financialCurrency: 'USD' }),
  }
}

/** Yahoo counts a coin's volume in dollars. */
const volumeOf = ({ listing, day, last }: YahooFacts): number =>
  listing.kind === 'crypto' ? Math.round(day.volume * last.price) : day.volume

function regular(facts: YahooFacts) {
  const { day, last, previousClose } = facts
  const change = last.price - previousClose
  return {
    regularMarketTime: secondsOf(last.ts),
    regularMarketPrice: asQuoted(last.price),
    regularMarketChange: asQuoted(change),
    regularMarketChangePercent: asQuoted((change / previousClose) * 100),
    regularMarketPreviousClose: asQuoted(previousClose),
    regularMarketOpen: day.open,
    regularMarketDayHigh: day.high,
    regularMarketDayLow: day.low,
    regularMarketDayRange: `${day.low} - ${day.high}`,
    regularMarketVolume: volumeOf(facts),
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

/** Stocks have no bid and no ask outside regular hours, which Yahoo writes as 0; coins have none at all. */
function bidAsk({ listing, quote, marketState }: YahooFacts): Record<string, number> {
  if (listing.kind === 'crypto') return {}
  if (marketState !== 'REGULAR') return { bid: 0, ask: 0, bidSize: 0, askSize: 0 }
  return { bid: quote.bid, ask: quote.ask, bidSize: quote.bidSize, askSize: quote.askSize }
}

/** Figures over a year, worked out only when asked for. */
function slow(
  market: Market,
  facts: YahooFacts,
  now: Micros,
  fields: readonly string[] | null,
): Record<string, unknown> {
  if (fields && !fields.some((name) => /^(fiftyTwoWeek|averageDaily|marketCap|volume24Hr)/.test(name)))
    return {}
  const { listing, last } = facts
  const { high, low } = yearRange(market, facts, now)
  return {
    fiftyTwoWeekHigh: asQuoted(high),
    fiftyTwoWeekLow: asQuoted(low),
    fiftyTwoWeekRange: `${asQuoted(low)} - ${asQuoted(high)}`,
    averageDailyVolume3Month: Math.round(listing.volume * (listing.kind === 'crypto' ? last.price : 1)),
    averageDailyVolume10Day: Math.round(listing.volume * (listing.kind === 'crypto' ? last.price : 1) * 0.97),
    marketCap: Math.round(last.price * listing.volume * (120 + (mix(listing.key, 77) % 200))),
    ...(listing.kind === 'crypto' ? { volume24Hr: volumeOf(facts) } : {}),
  }
}
