// What companies report: GET /stocks/financials/v1/.. (a statement a row), /vX/reference/financials (all statements of
// a period in a row) and /v3/reference/tickers/{ticker}.
import type { FastifyInstance, FastifyReply } from 'fastify'
import { type CompanyFigures, fundamentalsOf, ratiosOf, type Statement } from '../market/fundamentals.ts'
import { hashText, hexText } from '../market/hash.ts'
import type { Listing } from '../market/listing.ts'
import { dateInNewYork } from '../new-york.ts'
import { queryText, requestId, type Simulation, sendJson, type VendorRequest } from '../simulation.ts'
import { badRequest, notFound } from './answers.ts'
import { limitOf, readCursor, writeCursor } from './cursor.ts'
import { financialsOf } from './financials-row.ts'
import { planOf, seenAt } from './plan.ts'
import { rounded } from './round.ts'
import { ratiosRow, STATEMENT_ROWS } from './statement-rows.ts'
import { tickerRow } from './ticker-rows.ts'
import { listingOf } from './tickers.ts'

export interface Company {
  listing: Listing
  figures: CompanyFigures
  cik: string
}

export function companyRoutes(app: FastifyInstance, simulation: Simulation): void {
  for (const [kind, row] of Object.entries(STATEMENT_ROWS)) {
    const path = `/stocks/financials/v1/${kind}`
    app.get(path, async (request, reply) =>
      list(request as VendorRequest, reply, {
        path,
        tickers: 'tickers',
        rows: (company, ask) =>
          periodsOf(company, ask('timeframe')).map((period) => ({
            ...headOf(company, period),
            ...row(period),
          })),
      }),
    )
  }
  app.get('/vX/reference/financials', async (request, reply) =>
    list(request as VendorRequest, reply, {
      path: '/vX/reference/financials',
      tickers: 'ticker',
      rows: (company, ask) =>
        periodsOf(company, ask('timeframe')).map((period) => financialsOf(company, period)),
    }),
  )
  app.get('/stocks/financials/v1/ratios', async (request, reply) =>
    list(request as VendorRequest, reply, {
      path: '/stocks/financials/v1/ratios',
      tickers: 'ticker',
      rows: (company) => ratioRows(request as VendorRequest, company),
    }),
  )
  app.get('/v3/reference/tickers/:ticker', async (request, reply) =>
    details(request as VendorRequest, reply, simulation),
  )

  function companyOf(request: VendorRequest, ticker: string): Company | null {
    const listing = listingOf(request.market, ticker)
    const date = dateInNewYork(simulation.clock.now())
    const figures = listing && fundamentalsOf(listing, date)
    return listing && figures ? { listing, figures, cik: cikOf(listing) } : null
  }

  function ratioRows(request: VendorRequest, company: Company): object[] {
    const { listing, figures } = company
    const now = seenAt(planOf(request), listing, simulation.clock.now())
    const date = dateInNewYork(now)
    const ratios = ratiosOf(request.market, listing, { figures, date, now })
    return ratios ? [ratiosRow(company, { ratios, date })] : []
  }

  interface List {
    path: string
    /** Name of the parameter that holds the tickers. */
    tickers: 'ticker' | 'tickers'
    rows(company: Company, ask: (name: string) => string | undefined): object[]
  }

  function list(request: VendorRequest, reply: FastifyReply, { path, tickers, rows }: List): FastifyReply {
    const cursor = queryText(request, 'cursor')
    const state = cursor === undefined ? null : readCursor(cursor)
    if (cursor !== undefined && !state) return badRequest(request, reply, 'The cursor is invalid')
    const ask = (name: string) => (state ? state[name] : queryText(request, name))
    const limit = limitOf(ask('limit'), 10, 1000)
    if (limit === null) return badRequest(request, reply, "'limit' must be between 1 and 1000")
    const company = companyOf(request, ask(tickers) ?? '')
    const all = company && request.rowFault !== 'empty' ? rows(company, ask) : []
    const from = Number(state?.from ?? 0)
    const results: unknown[] = all.slice(from, from + limit)
    if (request.rowFault === 'malformed_row' && results.length > 0)
      results[Math.floor(results.length / 2)] = { tickers: 7, period_end: 'soon', end_date: null, date: 0 }
    const kept = { [tickers]: ask(tickers) ?? '', limit: String(limit), timeframe: ask('timeframe') ?? '' }
    const next = from + limit < all.length && writeCursor({ ...kept, from: String(from + limit) })
    return sendJson(reply, 200, {
      results,
      status: 'OK',
      request_id: requestId(request),
      count: results.length,
      ...(next ? { next_url: `${simulation.url()}/polygon${path}?cursor=${next}` } : {}),
    })
  }

  function details(request: VendorRequest, reply: FastifyReply, { clock }: Simulation): FastifyReply {
    const listing = listingOf(request.market, request.params.ticker!)
    const now = clock.now()
    const today = dateInNewYork(now)
    if (!listing || listing.listed > today || request.rowFault === 'empty')
      return notFound(request, reply, 'Ticker not found.')
    const company = companyOf(request, request.params.ticker!)
    const last = request.market.lastTrade(listing, seenAt(planOf(request), listing, now))
    const shares = company?.figures.sharesOutstanding
    const figures = shares
      ? {
          cik: company.cik,
          market_cap: last ? rounded(shares * last.price) : null,
          share_class_shares_outstanding: shares,
          weighted_shares_outstanding: shares,
          round_lot: 100,
          sic_code: String(1000 + (hashText(listing.symbol, 3) % 8000)),
          total_employees: Math.round(shares / 50_000) + 40,
        }
      : {}
    const results = {
      ...tickerRow(listing, today),
      ...figures,
      list_date: listing.listed,
      ticker_root: listing.symbol,
    }
    return sendJson(reply, 200, { request_id: requestId(request), results, status: 'OK' })
  }
}

/** Newest first, quarters before the year that ends with them. */
function periodsOf({ figures }: Company, timeframe: string | undefined): Statement[] {
  const quarters = timeframe === 'annual' ? [] : figures.quarters
  const years = timeframe === 'quarterly' ? [] : figures.annual
  return [...quarters, ...years].sort((a, b) => (a.endDate < b.endDate ? 1 : a.endDate > b.endDate ? -1 : 0))
}

const headOf = ({ listing, cik }: Company, period: Statement): object => ({
  cik,
  filing_date: period.filedDate,
  ...(period.fiscalQuarter === null ? {} : { fiscal_quarter: period.fiscalQuarter }),
  fiscal_year: period.fiscalYear,
  period_end: period.endDate,
  tickers: [listing.symbol],
  timeframe: period.span === 'annual' ? 'annual' : 'quarterly',
})

const cikOf = (listing: Listing): string =>
  String(Number.parseInt(hexText(listing.symbol, 6), 16) % 2_000_000).padStart(10, '0')
