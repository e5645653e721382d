// Rows of /v3/reference/tickers.

import { hexText } from '../market/hash.ts'
import type { Listing } from '../market/listing.ts'
import { dateInNewYork } from '../new-york.ts'
import type { Simulation } from '../simulation.ts'
import type { Ask } from './reference-routes.ts'
import { tickerOf } from './tickers.ts'

export function tickerRows({ market, clock }: Simulation, ask: Ask): object[] {
  if (ask('active') === 'false') return []
  const { equities, crypto } = market.universe
  const asked = ask('market')
  const listings =
    asked === 'crypto'
      ? crypto
      : asked === 'stocks'
        ? equities
        : asked === undefined
          ? [...crypto, ...equities]
          : []
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

function tickerRow(listing: Listing, today: string) {
  const ticker = tickerOf(listing)
  const common = {
    ticker,
    name: listing.name,
    locale: 'us',
    active: true,
    last_updated_utc: `${today}T00:00:00Z`,
  }
  if (listing.kind === 'crypto') {
    const base = listing.symbol.split('-')[0]!
    return {
      ...common,
      name: `${listing.name} - United States dollar`,
      locale: 'global',
      market: 'crypto',
      currency_symbol: 'USD',
      currency_name: 'United States dollar',
      base_currency_symbol: base,
      base_currency_name: listing.name,
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
