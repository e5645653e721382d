// Rows of /v3/reference/splits and /v3/reference/dividends.
import { addDays } from '@onetape/market'
import { dividendsOf, payDateOf } from '../market/actions.ts'
import { hexText } from '../market/hash.ts'
import type { Listing } from '../market/listing.ts'
import { dateInNewYork } from '../new-york.ts'
import type { Simulation } from '../simulation.ts'
import type { Ask } from './reference-routes.ts'
import { listingOf } from './tickers.ts'

/** How far ahead corporate actions are announced. */
const ANNOUNCED_DAYS = 14
const FIRST_DATE = '2005-01-01'

export function splitRows({ market, clock }: Simulation, ask: Ask): object[] {
  const range = dateRange(ask, 'execution_date', addDays(dateInNewYork(clock.now()), ANNOUNCED_DAYS))
  const rows = askedListings(market, ask).flatMap((listing) =>
    listing.splits
      .filter((s) => s.date >= range.from && s.date <= range.to && s.date > listing.listed)
      .map((s) => ({
        execution_date: s.date,
        id: `E${hexText(`${listing.symbol} ${s.date}`, 64)}`,
        split_from: s.from,
        split_to: s.to,
        ticker: listing.symbol,
      })),
  )
  return ordered(rows, ask, (row) => row.execution_date)
}

export function dividendRows({ market, clock }: Simulation, ask: Ask): object[] {
  const range = dateRange(ask, 'ex_dividend_date', addDays(dateInNewYork(clock.now()), ANNOUNCED_DAYS))
  const rows = askedListings(market, ask).flatMap((listing) =>
    dividendsOf(listing, range.from, range.to).map((d) => ({
      cash_amount: d.amount,
      currency: 'USD',
      declaration_date: addDays(d.date, -21),
      dividend_type: 'CD',
      ex_dividend_date: d.date,
      frequency: 4,
      id: `E${hexText(`${listing.symbol} ${d.date} dividend`, 64)}`,
      pay_date: payDateOf(d),
      record_date: d.date,
      ticker: listing.symbol,
    })),
  )
  return ordered(rows, ask, (row) => row.ex_dividend_date)
}

const askedListings = (market: Simulation['market'], ask: Ask): readonly Listing[] => {
  const ticker = ask('ticker')
  if (ticker === undefined) return market.universe.equities
  const listing = listingOf(market, ticker)
  return listing ? [listing] : []
}

/** Newest first unless asked otherwise; within a day by ticker. */
function ordered<T extends { ticker: string }>(rows: T[], ask: Ask, dateOf: (row: T) => string): T[] {
  const direction = ask('order') === 'asc' ? 1 : -1
  const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
  return rows.sort((a, b) => direction * compare(dateOf(a), dateOf(b)) || compare(a.ticker, b.ticker))
}

function dateRange(ask: Ask, name: string, announcedUntil: string): { from: string; to: string } {
  const exact = ask(name)
  if (exact) return { from: exact, to: exact }
  const after = ask(`${name}.gt`)
  const before = ask(`${name}.lt`)
  const from = ask(`${name}.gte`) ?? (after ? addDays(after, 1) : FIRST_DATE)
  const to = ask(`${name}.lte`) ?? (before ? addDays(before, -1) : announcedUntil)
  return { from, to: to < announcedUntil ? to : announcedUntil }
}
