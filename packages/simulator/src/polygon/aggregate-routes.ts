// GET /v2/aggs/ticker/.. (bars of one ticker) and /v2/aggs/grouped/.. (one day of the whole market).
import { addDays, type Micros, sessionOn } from '@onetape/market'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { splitFactor } from '../market/actions.ts'
import type { Listing } from '../market/listing.ts'
import { dateInNewYork } from '../new-york.ts'
import { queryText, requestId, type Simulation, sendJson, type VendorRequest } from '../simulation.ts'
import { type AggregateQuery, aggregate } from './aggregates.ts'
import { badRequest } from './answers.ts'
import { limitOf, readCursor, writeCursor } from './cursor.ts'
import { rounded } from './round.ts'
import { listingOf, tickerOf } from './tickers.ts'
import { isDate, isTimespan, midnightOf } from './windows.ts'

const LIMIT = { standard: 5_000, max: 50_000 }
const MALFORMED = { v: 'many', vw: null, o: 'n/a', c: null, h: -1, l: 'n/a', t: 'yesterday' }

export function aggregateRoutes(app: FastifyInstance, simulation: Simulation): void {
  app.get('/v2/aggs/ticker/:ticker/range/:multiplier/:timespan/:from/:to', async (raw, reply) => {
    const request = raw as VendorRequest
    const query = parseQuery(request)
    if (typeof query === 'string') return badRequest(request, reply, query)
    return answer(request, reply, { simulation, query })
  })

  app.get('/v2/aggs/grouped/locale/us/market/stocks/:date', async (request, reply) =>
    grouped(request as VendorRequest, reply, simulation, simulation.market.universe.equities),
  )
  app.get('/v2/aggs/grouped/locale/global/market/crypto/:date', async (request, reply) =>
    grouped(request as VendorRequest, reply, simulation, simulation.market.universe.crypto),
  )
}

interface Question extends Omit<AggregateQuery, 'listing'> {
  ticker: string
  listing: Listing | null
}

function parseQuery(request: VendorRequest): Question | string {
  const { ticker, multiplier, timespan, from, to } = request.params as Record<string, string>
  const cursor = queryText(request, 'cursor')
  const state = cursor === undefined ? {} : readCursor(cursor)
  if (!state) return 'The cursor is invalid'
  const given = (name: string) => state[name] ?? queryText(request, name)
  const listing = listingOf(request.market, ticker!)
  if (!isTimespan(timespan!))
    return `Could not parse the parameter: 'timespan'. ${timespan} is not a timespan.`
  const size = Number(multiplier)
  if (!Number.isInteger(size) || size < 1)
    return "Could not parse the parameter: 'multiplier'. Use a positive number."
  const limit = limitOf(given('limit'), LIMIT.standard, LIMIT.max)
  if (limit === null) return `'limit' must be between 1 and ${LIMIT.max}`
  const start = parseTime(listing, from!, false)
  const end = parseTime(listing, to!, true)
  for (const [name, time] of [
    ['from', start],
    ['to', end],
  ] as const) {
    if (time === null)
      return `Could not parse the time parameter: '${name}'. Use YYYY-MM-DD or Unix MS Timestamps`
  }
  if (start! > end!) return "The parameter 'to' cannot be a time that occurs before 'from'"
  return {
    ticker: ticker!,
    listing,
    window: { multiplier: size, timespan },
    from: start!,
    to: end!,
    adjusted: given('adjusted')?.toLowerCase() !== 'false',
    newestFirst: given('sort') === 'desc',
    limit,
  }
}

/** A date means its first instant, or its last where a range ends; digits mean milliseconds. */
function parseTime(listing: Listing | null, text: string, end: boolean): Micros | null {
  if (/^\d{10,16}$/.test(text)) return Number(text) * 1000
  if (!isDate(text)) return null
  const day = (date: string) => (listing ? midnightOf(listing, date) : Date.parse(`${date}T00:00:00Z`) * 1000)
  return end ? day(addDays(text, 1)) - 1 : day(text)
}

function answer(
  request: VendorRequest,
  reply: FastifyReply,
  { simulation, query }: { simulation: Simulation; query: Question },
): FastifyReply {
  const { listing, ticker, adjusted } = query
  const page =
    listing && request.rowFault !== 'empty'
      ? aggregate(request.market, { ...query, listing }, simulation.clock.now())
      : { rows: [], baseCount: 0, next: null }
  const rows: unknown[] = page.rows
  if (request.rowFault === 'malformed_row' && rows.length > 0) rows[Math.floor(rows.length / 2)] = MALFORMED
  return sendJson(reply, 200, {
    ticker,
    queryCount: page.baseCount,
    resultsCount: rows.length,
    adjusted,
    // An empty range has no such key at all.
    ...(rows.length > 0 ? { results: rows } : {}),
    status: 'OK',
    request_id: requestId(request),
    count: rows.length,
    ...(page.next === null ? {} : { next_url: nextUrl(request, simulation, { query, next: page.next }) }),
  })
}

function nextUrl(
  request: VendorRequest,
  simulation: Simulation,
  { query, next }: { query: Question; next: Micros },
): string {
  const { ticker, multiplier, timespan, from, to } = request.params as Record<string, string>
  const ms = Math.floor(next / 1000)
  const range = query.newestFirst ? `${from}/${ms}` : `${ms}/${to}`
  const cursor = writeCursor({
    limit: String(query.limit),
    sort: query.newestFirst ? 'desc' : 'asc',
    adjusted: String(query.adjusted),
  })
  return `${simulation.url()}/polygon/v2/aggs/ticker/${ticker}/range/${multiplier}/${timespan}/${range}?cursor=${cursor}`
}

/** Every listing's bar of one date. Here `t` is the end of the day's session, not its start. */
function grouped(
  request: VendorRequest,
  reply: FastifyReply,
  simulation: Simulation,
  listings: readonly Listing[],
): FastifyReply {
  const { market } = request
  const { clock } = simulation
  const { date } = request.params as Record<string, string>
  if (!isDate(date!)) {
    return badRequest(request, reply, "Could not parse the time parameter: 'date'. Use YYYY-MM-DD")
  }
  const now = clock.now()
  const today = dateInNewYork(now)
  const adjusted = queryText(request, 'adjusted')?.toLowerCase() !== 'false'
  const session = sessionOn(listings === market.universe.crypto ? 'CRYPTO' : 'XNYS', date!)
  const rows: unknown[] = []
  for (const listing of session && request.rowFault !== 'empty' ? listings : []) {
    const day = market.day(listing, session!, now)
    if (!day) continue
    const f = adjusted ? splitFactor(listing, date!, today) : 1
    const [o, h, l, c] = [day.open / f, day.high / f, day.low / f, day.close / f].map(rounded) as [
      number,
      number,
      number,
      number,
    ]
    rows.push({
      T: tickerOf(listing),
      v: day.volume * f,
      vw: rounded((o + h + l + c) / 4),
      o,
      c,
      h,
      l,
      t: session!.close / 1000,
      n: day.count,
    })
  }
  if (request.rowFault === 'malformed_row' && rows.length > 0) rows[Math.floor(rows.length / 2)] = MALFORMED
  return sendJson(reply, 200, {
    queryCount: rows.length,
    resultsCount: rows.length,
    adjusted,
    ...(rows.length > 0 ? { results: rows } : {}),
    status: 'OK',
    request_id: requestId(request),
    count: rows.length,
  })
}
