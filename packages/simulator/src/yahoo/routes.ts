// Yahoo Finance: quotes behind cookie and crumb, charts for anyone with a browser's name.
import type { FastifyInstance, FastifyReply } from 'fastify'
import { queryText, type Simulation, sendJson, type VendorRequest } from '../simulation.ts'
import { chartBody } from './chart-body.ts'
import { type ChartRange, chartRange } from './chart-range.ts'
import { chartRows } from './chart-rows.ts'
import { yahooFacts } from './facts.ts'
import { pricedOf, secondsOf } from './names.ts'
import { optionRoutes } from './option-routes.ts'
import { quoteRow } from './quote-row.ts'
import { summaryRoute } from './summary-route.ts'
import { crumbFits, invalidCrumb, requireBrowser, ticketRoutes } from './ticket.ts'
import { timeseriesRoute } from './timeseries-route.ts'

const SYMBOLS_MAX = 1500

export function yahooRoutes(app: FastifyInstance, simulation: Simulation): void {
  requireBrowser(app)
  app.setNotFoundHandler(async (_request, reply) =>
    sendJson(reply, 404, {
      finance: { result: null, error: { code: 'Not Found', description: 'HTTP 404 Not Found' } },
    }),
  )
  ticketRoutes(app)
  optionRoutes(app, simulation)
  timeseriesRoute(app, simulation)
  summaryRoute(app, simulation)
  app.get('/v7/finance/quote', async (request, reply) => quotes(request as VendorRequest, reply, simulation))
  app.get('/v8/finance/chart/:symbol', async (request, reply) =>
    chart(request as VendorRequest, reply, simulation),
  )
}

/** Unknown symbols are left out without a word. */
function quotes(request: VendorRequest, reply: FastifyReply, { clock }: Simulation): FastifyReply {
  const { market } = request
  if (!crumbFits(request, queryText(request, 'crumb'))) return invalidCrumb(reply)
  const symbols = [...new Set((queryText(request, 'symbols') ?? '').split(',').filter(Boolean))]
  if (symbols.length === 0 || symbols.length > SYMBOLS_MAX) {
    const error = {
      code: 'argument-error',
      description: symbols.length === 0 ? 'Missing value for the "symbols" argument' : 'Too many symbols',
    }
    return sendJson(reply, 400, { quoteResponse: { result: null, error } })
  }
  const fields = queryText(request, 'fields')?.split(',') ?? null
  const now = clock.now()
  const result: unknown[] = []
  for (const symbol of request.rowFault === 'empty' ? [] : symbols) {
    const priced = pricedOf(market, symbol)
    const facts = priced && yahooFacts(priced.market, priced.listing, now)
    if (facts) result.push(quoteRow(priced.market, facts, now, fields))
  }
  if (request.rowFault === 'malformed_row' && result.length > 0) {
    result[Math.floor(result.length / 2)] = {
      symbol: 7,
      quoteType: null,
      regularMarketPrice: 'n/a',
      regularMarketTime: 'soon',
    }
  }
  return sendJson(reply, 200, { quoteResponse: { result, error: null } })
}

function chart(request: VendorRequest, reply: FastifyReply, { clock }: Simulation): FastifyReply {
  const now = clock.now()
  const priced = pricedOf(request.market, request.params.symbol!)
  const facts = priced && yahooFacts(priced.market, priced.listing, now)
  if (!facts)
    return refuse(reply, {
      status: 404,
      code: 'Not Found',
      description: 'No data found, symbol may be delisted',
    })
  const { market, listing } = priced
  const ask = Object.fromEntries(
    ['interval', 'range', 'period1', 'period2'].map((name) => [name, queryText(request, name)]),
  )
  const range = chartRange(listing, ask, now)
  if ('status' in range) return refuse(reply, range)
  const withExtended = queryText(request, 'includePrePost') === 'true'
  const rows = request.rowFault === 'empty' ? [] : chartRows(market, { listing, range, withExtended }, now)
  if (rows.length === 0 && range.to <= now && request.rowFault !== 'empty')
    return refuse(reply, noData(range))
  const events = (queryText(request, 'events') ?? '').split(/[|,]/)
  const body = chartBody(market, { facts, range, rows, events }, now)
  if (request.rowFault === 'malformed_row') spoilColumns(body as SpoiledChart)
  return sendJson(reply, 200, body)
}

/** A past range without a single row, a weekend for instance, is an error; one that may still fill is an empty chart. */
const noData = ({ from, to }: ChartRange) => ({
  status: 400,
  code: 'Bad Request',
  description: `Data doesn't exist for startDate = ${secondsOf(from)}, endDate = ${secondsOf(to)}`,
})

interface SpoiledChart {
  chart: { result: { indicators: { quote: { close?: unknown[] }[] } }[] }
}

function spoilColumns(body: SpoiledChart): void {
  const close = body.chart.result[0]!.indicators.quote[0]!.close
  if (close) close[Math.floor(close.length / 2)] = 'n/a'
}

const refuse = (
  reply: FastifyReply,
  { status, code, description }: { status: number; code: string; description: string },
) => sendJson(reply, status, { chart: { result: null, error: { code, description } } })
