// GET /v2/snapshot/.. (the whole market, some tickers, or one) and /v3/snapshot (any assets, with an error per row).
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Listing } from '../market/listing.ts'
import { queryText, requestId, type Simulation, sendJson, type VendorRequest } from '../simulation.ts'
import { badRequest, notFound } from './answers.ts'
import { limitOf, readCursor, writeCursor } from './cursor.ts'
import { planOf, seenAt, statusWord } from './plan.ts'
import { snapshotFacts, snapshotRow } from './snapshot-row.ts'
import { listingOf } from './tickers.ts'
import { universalRow } from './universal-row.ts'

const MALFORMED =
  '{"ticker":7,"day":{"o":"n/a","h":null},"lastTrade":{"p":"n/a","t":"soon"},"updated":"soon"}'
const UNIVERSAL_TICKERS_MAX = 250

export function snapshotRoutes(app: FastifyInstance, simulation: Simulation): void {
  const { universe } = simulation.market
  const markets: [string, readonly Listing[]][] = [
    ['/v2/snapshot/locale/us/markets/stocks/tickers', universe.equities],
    ['/v2/snapshot/locale/global/markets/crypto/tickers', universe.crypto],
    ['/v2/snapshot/locale/global/markets/forex/tickers', universe.fx],
  ]
  for (const [path, listings] of markets) {
    app.get(path, async (request, reply) => many(request as VendorRequest, reply, simulation, listings))
    app.get(`${path}/:ticker`, async (request, reply) =>
      one(request as VendorRequest, reply, simulation, listings),
    )
  }
  app.get('/v3/snapshot', async (request, reply) => universal(request as VendorRequest, reply, simulation))
}

/** Unknown tickers are left out without a word. */
function many(
  request: VendorRequest,
  reply: FastifyReply,
  simulation: Simulation,
  listings: readonly Listing[],
): FastifyReply {
  const wanted = queryText(request, 'tickers')
  const plan = planOf(request)
  const now = seenAt(plan, listings[0]!, simulation.clock.now())
  const asked = wanted
    ? [...new Set(wanted.split(','))].map((t) => listingOf(request.market, t.trim()))
    : listings
  const rows: string[] = []
  for (const listing of request.rowFault === 'empty' ? [] : asked) {
    if (!listing || listing.kind !== listings[0]!.kind) continue
    const facts = snapshotFacts(request.market, listing, now)
    if (facts) rows.push(snapshotRow(facts, plan))
  }
  if (request.rowFault === 'malformed_row' && rows.length > 0) rows[Math.floor(rows.length / 2)] = MALFORMED
  return sendJson(
    reply,
    200,
    `{"count":${rows.length},"status":"${statusWord(plan, listings[0]!.kind)}","request_id":"${requestId(request)}","tickers":[${rows.join(',')}]}`,
  )
}

function one(
  request: VendorRequest,
  reply: FastifyReply,
  simulation: Simulation,
  listings: readonly Listing[],
): FastifyReply {
  const listing = listingOf(request.market, request.params.ticker!)
  const known = listing && listing.kind === listings[0]!.kind && request.rowFault !== 'empty'
  const plan = planOf(request)
  const now = simulation.clock.now()
  const facts = known ? snapshotFacts(request.market, listing, seenAt(plan, listing, now)) : null
  if (!facts) return notFound(request, reply, 'Ticker not found.')
  const row = request.rowFault === 'malformed_row' ? MALFORMED : snapshotRow(facts, plan)
  return sendJson(
    reply,
    200,
    `{"request_id":"${requestId(request)}","status":"${statusWord(plan, facts.listing.kind)}","ticker":${row}}`,
  )
}

/** Known and unknown tickers alike get a row, in the order of the alphabet. */
function universal(request: VendorRequest, reply: FastifyReply, simulation: Simulation): FastifyReply {
  const cursor = queryText(request, 'cursor')
  const state = cursor === undefined ? {} : readCursor(cursor)
  if (!state) return badRequest(request, reply, 'The cursor is invalid')
  const tickers = [
    ...new Set((state.tickers ?? queryText(request, 'ticker.any_of') ?? '').split(',').filter(Boolean)),
  ].sort()
  if (tickers.length > UNIVERSAL_TICKERS_MAX)
    return badRequest(request, reply, `'ticker.any_of' takes ${UNIVERSAL_TICKERS_MAX} tickers at most`)
  if (tickers.length === 0) return badRequest(request, reply, "Name the tickers in 'ticker.any_of'")
  const limit = limitOf(state.limit ?? queryText(request, 'limit'), 10, UNIVERSAL_TICKERS_MAX)
  if (limit === null)
    return badRequest(request, reply, `'limit' must be between 1 and ${UNIVERSAL_TICKERS_MAX}`)
  const from = Number(state.from ?? 0)
  const ask = { plan: planOf(request), now: simulation.clock.now() }
  const page = request.rowFault === 'empty' ? [] : tickers.slice(from, from + limit)
  const rows = page.map((ticker) => universalRow(request.market, ticker, ask))
  if (request.rowFault === 'malformed_row' && rows.length > 0)
    rows[Math.floor(rows.length / 2)] = '{"ticker":7,"session":"n/a"}'
  const more = page.length > 0 && from + limit < tickers.length
  const next = more
    ? `,"next_url":"${simulation.url()}/polygon/v3/snapshot?cursor=${writeCursor({ tickers: tickers.join(','), limit: String(limit), from: String(from + limit) })}"`
    : ''
  return sendJson(
    reply,
    200,
    `{"request_id":"${requestId(request)}","results":[${rows.join(',')}],"status":"OK"${next}}`,
  )
}
