// GET /v2/aggs/ticker/.. (bars of one ticker) and /v2/aggs/grouped/.. (one day of the whole market).
import { addDays, type Micros } from '@onetape/market'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Listing } from '../market/listing.ts'
import { queryText, requestId, type Simulation, sendJson, type VendorRequest } from '../simulation.ts'
import { type AggregateQuery, aggregate } from './aggregates.ts'
import { badRequest, outOfTimeframe } from './answers.ts'
import { limitOf, readCursor, writeCursor } from './cursor.ts'
import { groupedRow } from './grouped-row.ts'
import { planOf, refusesRange, seenAt, statusWord } from './plan.ts'
import { indexAt, listingOf } from './tickers.ts'
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

  const { equities, crypto, fx } = simulation.market.universe
  for (const [path, listings] of [
    ['us/market/stocks', equities],
    ['global/market/crypto', crypto],
    ['global/market/fx', fx],
  ] as const) {
    app.get(`/v2/aggs/grouped/locale/${path}/:date`, async (request, reply) =>
      grouped(request as VendorRequest, reply, simulation, listings),
    )
  }
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
  const listing = listingOf(request.market, ticker!) ?? indexAt(request.market, ticker!)?.listing ?? null
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
  const { listing, ticker, adjusted, from } = query
  const plan = planOf(request)
  const now = simulation.clock.now()
  if (listing && refusesRange(plan, listing, { from, now })) return outOfTimeframe(request, reply)
  const page =
    listing && request.rowFault !== 'empty'
      ? aggregate(
          indexAt(request.market, ticker)?.market ?? request.market,
          { ...query, listing },
          seenAt(plan, listing, now),
        )
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
    status: listing ? statusWord(plan, listing.kind) : 'OK',
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
  { clock }: Simulation,
  listings: readonly Listing[],
): FastifyReply {
  const { date } = request.params as Record<string, string>
  if (!isDate(date!)) {
    return badRequest(request, reply, "Could not parse the time parameter: 'date'. Use YYYY-MM-DD")
  }
  const plan = planOf(request)
  const now = clock.now()
  const like = listings[0]!
  if (refusesRange(plan, like, { from: midnightOf(like, date!), now })) return outOfTimeframe(request, reply)
  const adjusted = queryText(request, 'adjusted')?.toLowerCase() !== 'false'
  const ask = { date: date!, adjusted, now: seenAt(plan, like, now) }
  const rows: unknown[] =
    request.rowFault === 'empty'
      ? []
      : listings.map((listing) => groupedRow(request.market, listing, ask)).filter((row) => row !== null)
  if (request.rowFault === 'malformed_row' && rows.length > 0) rows[Math.floor(rows.length / 2)] = MALFORMED
  return sendJson(reply, 200, {
    queryCount: rows.length,
    resultsCount: rows.length,
    adjusted,
    ...(rows.length > 0 ? { results: rows } : {}),
    status: statusWord(plan, like.kind),
    request_id: requestId(request),
    count: rows.length,
  })
}
