// GET /v3/reference/{tickers,splits,dividends}: lists with pages.
import { addDays } from '@onetape/market'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { dividendsOf, payDateOf } from '../market/actions.ts'
import { hexText } from '../market/hash.ts'
import type { Listing } from '../market/listing.ts'
import { dateInNewYork } from '../new-york.ts'
import { queryText, requestId, type Simulation, sendJson, type VendorRequest } from '../simulation.ts'
import { badRequest } from './answers.ts'
import { limitOf, readCursor, writeCursor } from './cursor.ts'
import { listingOf, tickerOf } from './tickers.ts'
import { isDate } from './windows.ts'

/** How far ahead corporate actions are announced. */
const ANNOUNCED_DAYS = 14
const FIRST_DATE = '2005-01-01'

export function referenceRoutes(app: FastifyInstance, simulation: Simulation): void {
  app.get('/v3/reference/tickers', async (raw, reply) => {
    const list = {
      name: 'tickers',
      standard: 100,
      rows: (ask: Ask) => tickerRows(simulation, ask),
      malformed: { ticker: null, name: 5 },
    }
    return page(raw as VendorRequest, reply, { simulation, list })
  })
  app.get('/v3/reference/splits', async (raw, reply) => {
    const list = {
      name: 'splits',
      standard: 10,
      rows: (ask: Ask) => splitRows(simulation, ask),
      malformed: { ticker: 'AAPL', split_to: 'four' },
    }
    return page(raw as VendorRequest, reply, { simulation, list })
  })
  app.get('/v3/reference/dividends', async (raw, reply) => {
    const list = {
      name: 'dividends',
      standard: 10,
      rows: (ask: Ask) => dividendRows(simulation, ask),
      malformed: { ticker: 'AAPL', cash_amount: 'some' },
    }
    return page(raw as VendorRequest, reply, { simulation, list })
  })
}

/** A query parameter, also on the pages after the first. */
type Ask = (name: string) => string | undefined

interface List {
  name: string
  standard: number
  rows(ask: Ask): object[]
  malformed: object
}

const DATE_PARAMETERS = ['execution_date', 'ex_dividend_date'].flatMap((name) =>
  ['', '.gte', '.gt', '.lte', '.lt'].map((comparison) => `${name}${comparison}`),
)
const REMEMBERED = ['market', 'active', 'type', 'ticker', 'search', 'order', 'limit', ...DATE_PARAMETERS]

function page(
  request: VendorRequest,
  reply: FastifyReply,
  { simulation, list }: { simulation: Simulation; list: List },
): FastifyReply {
  const cursor = queryText(request, 'cursor')
  const state = cursor === undefined ? null : readCursor(cursor)
  if (cursor !== undefined && !state) return badRequest(request, reply, 'The cursor is invalid')
  const ask: Ask = (name) => (state ? state[name] : queryText(request, name))
  const limit = limitOf(ask('limit'), list.standard, 1000)
  if (limit === null) return badRequest(request, reply, "'limit' must be between 1 and 1000")
  const wrong = DATE_PARAMETERS.find((name) => ask(name) !== undefined && !isDate(ask(name)!))
  if (wrong)
    return badRequest(request, reply, `Could not parse the time parameter: '${wrong}'. Use YYYY-MM-DD`)
  const from = Number(state?.from ?? 0)
  const kept = Object.fromEntries(
    REMEMBERED.flatMap((name) => (ask(name) === undefined ? [] : [[name, ask(name)!]])),
  )
  const all = request.rowFault === 'empty' ? [] : wholeList(simulation, { list, kept, ask })
  const results = all.slice(from, from + limit)
  if (request.rowFault === 'malformed_row' && results.length > 0)
    results[Math.floor(results.length / 2)] = list.malformed
  const next = from + limit < all.length && writeCursor({ ...kept, from: String(from + limit) })
  return sendJson(reply, 200, {
    results,
    status: 'OK',
    request_id: requestId(request),
    count: results.length,
    ...(next ? { next_url: `${simulation.url()}/polygon/v3/reference/${list.name}?cursor=${next}` } : {}),
  })
}

/** The list that was asked for last, so that its pages do not each build it anew. */
const lists = new WeakMap<Simulation, { key: string; rows: object[] }>()

function wholeList(
  simulation: Simulation,
  { list, kept, ask }: { list: List; kept: Record<string, string>; ask: Ask },
): object[] {
  const key = JSON.stringify([list.name, kept, dateInNewYork(simulation.clock.now())])
  const known = lists.get(simulation)
  if (known?.key === key) return known.rows
  const rows = list.rows(ask)
  lists.set(simulation, { key, rows })
  return rows
}

function tickerRows({ market, clock }: Simulation, ask: Ask): object[] {
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

function splitRows({ market, clock }: Simulation, ask: Ask): object[] {
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

function dividendRows({ market, clock }: Simulation, ask: Ask): object[] {
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
