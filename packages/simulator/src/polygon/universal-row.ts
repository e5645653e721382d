// A row of /v3/snapshot: the same facts under longer names, for every kind of thing.
import { lastSession, type Micros, sessionAt } from '@onetape/market'
import { sessionBefore, venueOfListing } from '../market/calendar.ts'
import { pricedIndex } from '../market/index-listing.ts'
import type { Market } from '../market/market.ts'
import { contractOf, contractRow } from './contract-row.ts'
import { type Plan, saysDelayed, seenAt } from './plan.ts'
import { rounded } from './round.ts'
import { nanosText, roundOf, type SnapshotFacts, snapshotFacts, todaysChange } from './snapshot-row.ts'
import { listingOf } from './tickers.ts'

const STATUS = { pre: 'early_trading', open: 'open', post: 'late_trading', closed: 'closed' } as const
const TYPES = { equity: 'stocks', crypto: 'crypto', fx: 'fx' } as const

export function universalRow(market: Market, ticker: string, ask: { plan: Plan; now: Micros }): string {
  if (ticker.startsWith('O:')) return optionRow(market, ticker, ask)
  if (ticker.startsWith('I:')) return indexRow(market, ticker, ask)
  const { plan } = ask
  const listing = listingOf(market, ticker)
  const now = listing ? seenAt(plan, listing, ask.now) : ask.now
  const facts = listing && snapshotFacts(market, listing, now)
  if (!facts) return notFound(ticker)
  const head = JSON.stringify({
    ticker,
    type: TYPES[facts.listing.kind],
    name: facts.listing.name,
    market_status: STATUS[sessionAt(venueOfListing(facts.listing), now).state],
    session: sessionOf(facts),
  })
  return `${head.slice(0, -1)}${blocks(facts, plan)}}`
}

/** An index has a value and no volume, quote or trade. */
function indexRow(market: Market, ticker: string, { plan, now }: { plan: Plan; now: Micros }): string {
  const index = pricedIndex(market, ticker.slice(2))
  if (!index) return notFound(ticker)
  const { listing } = index
  const at = seenAt(plan, listing, now)
  const session = lastSession('XNYS', at)
  const last =
    index.market.lastRegularTrade(listing, session, at) ??
    index.market.lastRegularTrade(listing, sessionBefore(session), at)
  const facts = snapshotFacts(index.market, listing, at)
  if (!facts || !last) return notFound(ticker)
  const { volume: _none, ...figures } = sessionOf({ ...facts, last })
  const head = JSON.stringify({
    ticker,
    type: 'indices',
    name: listing.name,
    market_status: sessionAt('XNYS', at).state === 'open' ? 'open' : 'closed',
    session: figures,
    value: rounded(last.price),
  })
  const word = saysDelayed(plan, 'equity') ? 'DELAYED' : 'REAL-TIME'
  return `${head.slice(0, -1)},"last_updated":${nanosText(last.ts, last.id)},"timeframe":"${word}"}`
}

const notFound = (ticker: string): string =>
  JSON.stringify({ error: 'NOT_FOUND', message: 'Ticker not found.', ticker })

function sessionOf(facts: SnapshotFacts) {
  const { day, previous, listing } = facts
  const round = roundOf(listing)
  const change = todaysChange(facts)
  return {
    change: round(change.amount),
    change_percent: round(change.percent),
    close: round(day?.close ?? 0),
    high: round(day?.high ?? 0),
    low: round(day?.low ?? 0),
    open: round(day?.open ?? 0),
    previous_close: round(previous?.close ?? 0),
    volume: facts.volume,
  }
}

function blocks({ listing, quote, last }: SnapshotFacts, plan: Plan): string {
  const stock = listing.kind === 'equity'
  const word = saysDelayed(plan, listing.kind) ? 'DELAYED' : 'REAL-TIME'
  const quoteBlock =
    stock && !plan.lastQuote
      ? ''
      : `,"last_quote":{"ask":${quote.ask},"ask_size":${quote.askSize},"bid":${quote.bid},"bid_size":${quote.bidSize},` +
        `"last_updated":${nanosText(quote.ts, last.id + 7)},"timeframe":"${word}"}`
  const tradeBlock =
    listing.kind === 'fx' || (stock && !plan.lastTrade)
      ? ''
      : `,"last_trade":{"id":"${last.id}","price":${last.price},"size":${last.size},"last_updated":${nanosText(last.ts, last.id)},"timeframe":"${word}"}`
  return quoteBlock + tradeBlock
}

function optionRow(market: Market, ticker: string, { plan, now }: { plan: Plan; now: Micros }): string {
  const contract = contractOf(market, ticker, { plan, now })
  if (!contract) return notFound(ticker)
  const row = contractRow(contract, plan)
  const { open, high, low, volume, last, previousClose } = contract
  const session = {
    open,
    high,
    low,
    close: volume > 0 ? (last?.price ?? 0) : 0,
    previous_close: previousClose,
    volume,
  }
  return row.replace('{', `{"ticker":"${ticker}","type":"options","session":${JSON.stringify(session)},`)
}
