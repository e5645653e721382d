// Shares below /v2/stocks and coins below /v1beta3/crypto/us: the same questions, with small differences in the answer.
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Listing } from '../market/listing.ts'
import { type Simulation, sendJson, type VendorRequest } from '../simulation.ts'
import { isFree } from './account.ts'
import { BadParameter, refuse } from './answers.ts'
import { type BarsPage, barsPage } from './bars.ts'
import { barsAsked, feedAsked, listingsAsked, liveFeedAsked, refuseRecentSip } from './queries.ts'
import { jsonText } from './rows.ts'
import { LATEST, latestRow, snapshotRow } from './snapshots.ts'
import { SIP_DELAY_US, tapeOf } from './tape.ts'

const MALFORMED = { t: 'yesterday', o: 'n/a', h: null, l: 'n/a', c: 'n/a', v: 'many' }

interface Market {
  base: string
  kind: 'equity' | 'crypto'
}
const MARKETS: readonly Market[] = [
  { base: '/v2/stocks', kind: 'equity' },
  { base: '/v1beta3/crypto/us', kind: 'crypto' },
]

export type Route = (request: VendorRequest, reply: FastifyReply) => FastifyReply

/** Turns a parameter that is no good into the vendor's answer. */
export const answering =
  (route: Route) =>
  async (request: unknown, reply: FastifyReply): Promise<FastifyReply> => {
    try {
      return route(request as VendorRequest, reply)
    } catch (error) {
      if (error instanceof BadParameter) return refuse(reply, error.status, error.message)
      throw error
    }
  }

export function priceRoutes(app: FastifyInstance, simulation: Simulation): void {
  for (const { base, kind } of MARKETS) {
    const liveFeed = (request: VendorRequest) => (kind === 'crypto' ? 'us' : liveFeedAsked(request))
    const bySymbol = (request: VendorRequest, rowOf: (listing: Listing) => unknown) => {
      const listings = listingsAsked(request, request.market, kind)
      const rows = [...listings].map(([symbol, listing]) => [symbol, rowOf(listing)] as const)
      return spoiled(request, Object.fromEntries(rows))
    }
    app.get(
      `${base}/snapshots`,
      answering((request, reply) => {
        const feed = liveFeed(request)
        const tape = tapeOf(request.market, feed, simulation.clock.now())
        const rows = bySymbol(request, (listing) => snapshotRow(tape, listing, feed === 'iex'))
        return sendJson(reply, 200, jsonText(kind === 'crypto' ? { snapshots: rows } : rows))
      }),
    )
    for (const what of LATEST) {
      app.get(
        `${base}/${kind === 'crypto' ? 'latest/' : ''}${what}${kind === 'crypto' ? '' : '/latest'}`,
        answering((request, reply) => {
          const feed = liveFeed(request)
          const tape = tapeOf(request.market, feed, simulation.clock.now())
          const rows = bySymbol(request, (listing) => latestRow(tape, listing, { what, iex: feed === 'iex' }))
          // What never traded is not in these maps at all.
          const known = Object.fromEntries(Object.entries(rows).filter(([, row]) => row !== null))
          return sendJson(reply, 200, jsonText({ [what]: known }))
        }),
      )
    }
    app.get(
      `${base}/bars`,
      answering((request, reply) => barsAnswer(request, reply, { simulation, kind })),
    )
  }
}

function barsAnswer(
  request: VendorRequest,
  reply: FastifyReply,
  { simulation, kind }: { simulation: Simulation; kind: Market['kind'] },
): FastifyReply {
  const { market } = request
  const now = simulation.clock.now()
  const feed = kind === 'crypto' ? 'us' : feedAsked(request)
  const late = feed === 'delayed_sip' || (feed === 'sip' && isFree(request.credential))
  const query = barsAsked(request, { market, kind, now, latest: late ? now - SIP_DELAY_US : now })
  if (feed === 'sip') refuseRecentSip(request, query, now)
  const tape = tapeOf(market, late ? 'delayed_sip' : feed, now)
  const page: BarsPage =
    request.rowFault === 'empty' ? { bars: {}, nextPageToken: null } : barsPage(market, tape, query)
  return sendPage(request, reply, { name: 'bars', rows: page.bars, nextPageToken: page.nextPageToken })
}

/** A page of lists by name; a truncated one ends early and without the mark that says whether there is another. */
export function sendPage(
  request: VendorRequest,
  reply: FastifyReply,
  page: { name: string; rows: Record<string, unknown[]>; nextPageToken: string | null },
): FastifyReply {
  const { name, rows, nextPageToken } = page
  const [longest] = Object.values(rows).sort((a, b) => b.length - a.length)
  if (request.rowFault === 'malformed_row' && longest) longest[Math.floor(longest.length / 2)] = MALFORMED
  if (request.rowFault === 'truncated_page') {
    request.rowFault = null
    longest?.splice(Math.ceil(longest.length / 2))
    return sendJson(reply, 200, jsonText({ [name]: rows }))
  }
  return sendJson(reply, 200, jsonText({ [name]: rows, next_page_token: nextPageToken }))
}

/** A map by symbol as faults want it: nothing in it, or a member that is none. */
export function spoiled(request: VendorRequest, rows: Record<string, unknown>): Record<string, unknown> {
  if (request.rowFault === 'empty') return {}
  const symbols = Object.keys(rows)
  if (request.rowFault === 'malformed_row' && symbols.length > 0) {
    const symbol = symbols[Math.floor(symbols.length / 2)]!
    return {
      ...rows,
      [symbol]: { latestTrade: { t: 7, p: 'n/a' }, latestQuote: 'n/a', dailyBar: [], t: 7, p: 'n/a' },
    }
  }
  return rows
}
