// A row of /v3/snapshot: the same facts under longer names.
import { type Micros, sessionAt } from '@onetape/market'
import { venueOfListing } from '../market/calendar.ts'
import type { Market } from '../market/market.ts'
import { rounded } from './round.ts'
import { nanosText, snapshotFacts, todaysChange } from './snapshot-row.ts'
import { listingOf } from './tickers.ts'

const STATUS = { pre: 'early_trading', open: 'open', post: 'late_trading', closed: 'closed' } as const

export function universalRow(market: Market, ticker: string, now: Micros): string {
  const listing = listingOf(market, ticker)
  const facts = listing && snapshotFacts(market, listing, now)
  if (!facts) return JSON.stringify({ error: 'NOT_FOUND', message: 'Ticker not found.', ticker })
  const { last, quote, day, previous } = facts
  const change = todaysChange(facts)
  const session = {
    change: rounded(change.amount),
    change_percent: rounded(change.percent),
    close: day?.close ?? 0,
    high: day?.high ?? 0,
    low: day?.low ?? 0,
    open: day?.open ?? 0,
    previous_close: previous?.close ?? 0,
    volume: facts.volume,
  }
  const status = STATUS[sessionAt(venueOfListing(facts.listing), now).state]
  const head = JSON.stringify({
    ticker,
    type: facts.listing.kind === 'crypto' ? 'crypto' : 'stocks',
    name: facts.listing.name,
    market_status: status,
    session,
  })
  return (
    `${head.slice(0, -1)},"last_quote":{"ask":${quote.ask},"ask_size":${quote.askSize},"bid":${quote.bid},"bid_size":${quote.bidSize},` +
    `"last_updated":${nanosText(quote.ts, last.id + 7)},"timeframe":"REAL-TIME"},` +
    `"last_trade":{"id":"${last.id}","price":${last.price},"size":${last.size},"last_updated":${nanosText(last.ts, last.id)},"timeframe":"REAL-TIME"}}`
  )
}
