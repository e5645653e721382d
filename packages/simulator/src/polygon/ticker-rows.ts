// Rows of /v3/reference/tickers.

import { hexText } from '../market/hash.ts'
import { INDEX_SYMBOLS, pricedIndex } from '../market/index-listing.ts'
import type { Listing } from '../market/listing.ts'
import { dateInNewYork } from '../new-york.ts'
import type { Simulation } from '../simulation.ts'
import type { Ask } from './reference-routes.ts'
import { tickerOf } from './tickers.ts'

export function tickerRows({ market, clock }: Simulation, ask: Ask): object[] {
  if (ask('active') === 'false') return []
  const { equities, crypto, fx } = market.universe
  const asked = ask('market')
  if (asked === 'indices') return indexRows(market, ask, dateInNewYork(clock.now()))
  const markets: Record<string, readonly Listing[]> = { stocks: equities, crypto, fx }
  const listings = asked === undefined ? [...crypto, ...fx, ...equities] : (markets[asked] ?? [])
  const today = dateInNewYork(clock.now())
  const [type, ticker, search] = [ask('type'), ask('ticker'), ask('search')?.toLowerCase()]
  const rows = listings
    .filter((l) => l.listed <= today)
    .filter(
      (l) => (type === undefined || l.type === type) && (ticker === undefined || tickerOf(l) === ticker),
    )
    .filter((l) => search === undefined || `${tickerOf(l)} ${l.name}`.toLowerCase().includes(search))
    .map((l) => tickerRow(l, today))
  rows.sort((a, b) => (a.ticker < b.ticker ? -1 : 1))
  return ask('order') === 'desc' ? rows.reverse() : rows
}

export function tickerRow(listing: Listing, today: string) {
  const ticker = tickerOf(listing)
  const common = {
    ticker,
    name: listing.name,
    locale: 'us',
    active: true,
    last_updated_utc: `${today}T00:00:00Z`,
  }
  if (listing.kind !== 'equity') {
    const [base, quote] = listing.symbol.split('-') as [string, string]
    const quoteName = quote === 'USD' ? 'United States dollar' : quote
    return {
      ...common,
      name: listing.kind === 'fx' ? listing.name.replace(' / ', ' - ') : `${listing.name} - ${quoteName}`,
      locale: 'global',
      market: listing.kind,
      currency_symbol: quote,
      currency_name: quoteName,
      base_currency_symbol: base,
      base_currency_name: listing.kind === 'fx' ? base : listing.name,
    }
  }
  return {
    ...common,
    market: 'stocks',
    primary_exchange: listing.exchange,
    type: listing.type,
    currency_name: 'usd',
    composite_figi: `BBG00${hexText(ticker, 7).toUpperCase()}`,
  }
}

function indexRows(market: Simulation['market'], ask: Ask, today: string): object[] {
  const rows = INDEX_SYMBOLS.map((symbol) => ({
    ticker: `I:${symbol}`,
    name: pricedIndex(market, symbol)!.listing.name,
    market: 'indices',
    locale: 'us',
    active: true,
    source_feed: 'CMEMarketDataPlatformDowJones',
    last_updated_utc: `${today}T00:00:00Z`,
  }))
  return rows
    .filter(({ ticker }) => (ask('ticker') ?? ticker) === ticker)
    .sort((a, b) => (a.ticker < b.ticker ? -1 : 1))
}
