// GET /v3/reference/{tickers,splits,dividends}: lists with pages.
import type { FastifyInstance, FastifyReply } from 'fastify'
import { dateInNewYork } from '../new-york.ts'
import { queryText, requestId, type Simulation, sendJson, type VendorRequest } from '../simulation.ts'
import { dividendRows, splitRows } from './action-rows.ts'
import { badRequest } from './answers.ts'
import { limitOf, readCursor, writeCursor } from './cursor.ts'
import { tickerRows } from './ticker-rows.ts'
import { isDate } from './windows.ts'

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
export type Ask = (name: string) => string | undefined

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
