// GET /v3/snapshot/options/.. (a chain in pages, or one contract) and /v3/reference/options/contracts.
import type { FastifyInstance, FastifyReply } from 'fastify'
import { begunSession } from '../market/calendar.ts'
import type { Listing } from '../market/listing.ts'
import type { Market } from '../market/market.ts'
import { expiriesOf, type OptionContract, optionChain } from '../market/options.ts'
import { queryText, requestId, type Simulation, sendJson, type VendorRequest } from '../simulation.ts'
import { badRequest, notFound } from './answers.ts'
import { contractOf, contractRow, optionTicker } from './contract-row.ts'
import { limitOf, readCursor, writeCursor } from './cursor.ts'
import { planOf, seenAt, statusWord } from './plan.ts'
import { listingOf } from './tickers.ts'

const CHAIN = { standard: 10, max: 250 }
const CONTRACTS = { standard: 10, max: 1000 }
const REMEMBERED = [
  'expiration_date',
  'contract_type',
  'strike_price',
  'order',
  'sort',
  'limit',
  'underlying_ticker',
]
const RANGED = ['expiration_date', 'strike_price'].flatMap((name) =>
  ['gte', 'gt', 'lte', 'lt'].map((c) => `${name}.${c}`),
)
const MALFORMED = '{"details":{"ticker":7,"strike_price":"n/a"}}'

type Ask = (name: string) => string | undefined

export function optionRoutes(app: FastifyInstance, simulation: Simulation): void {
  app.get('/v3/snapshot/options/:underlying', async (raw, reply) => {
    const request = raw as VendorRequest
    const listing = listingOf(request.market, request.params.underlying!)
    const path = `/v3/snapshot/options/${request.params.underlying}`
    const rows = (ask: Ask) => (listing ? chainOf(request, simulation, { listing, ask }) : [])
    return page(request, reply, {
      simulation,
      path,
      limits: CHAIN,
      rows,
      write: (c) => contractRow(c, planOf(request)),
    })
  })

  app.get('/v3/snapshot/options/:underlying/:contract', async (raw, reply) => {
    const request = raw as VendorRequest
    const plan = planOf(request)
    const contract = contractOf(request.market, request.params.contract!, {
      plan,
      now: simulation.clock.now(),
    })
    if (!contract || contract.underlying.symbol !== request.params.underlying)
      return notFound(request, reply, 'Options contract not found.')
    const row = contractRow(contract, plan)
    const status = statusWord(plan, 'equity')
    return sendJson(
      reply,
      200,
      `{"request_id":"${requestId(request)}","results":${row},"status":"${status}"}`,
    )
  })

  app.get('/v3/reference/options/contracts', async (raw, reply) => {
    const request = raw as VendorRequest
    const rows = (ask: Ask) => {
      const listing = listingOf(request.market, ask('underlying_ticker') ?? '')
      return listing && ask('expired') !== 'true' ? chainOf(request, simulation, { listing, ask }) : []
    }
    const path = '/v3/reference/options/contracts'
    return page(request, reply, { simulation, path, limits: CONTRACTS, rows, write: listedRow })
  })
}

/** The contracts of all expiries that the request does not exclude, by expiry or by strike. */
function chainOf(
  request: VendorRequest,
  { clock }: Simulation,
  { listing, ask }: { listing: Listing; ask: Ask },
): OptionContract[] {
  const now = seenAt(planOf(request), listing, clock.now())
  const market: Market = request.market
  const contracts = expiriesOf(listing, begunSession(listing, now).date)
    .filter(({ date }) => fits(ask, 'expiration_date', date, (text) => text))
    .flatMap((expiry) => optionChain(market, listing, expiry, now))
    .filter(({ right }) => (ask('contract_type') ?? right) === right)
    .filter(({ strike }) => fits(ask, 'strike_price', strike, Number))
  const sign = ask('order') === 'desc' ? -1 : 1
  const byStrike = (a: OptionContract, b: OptionContract) => sign * (a.strike - b.strike)
  return ask('sort') === 'strike_price'
    ? contracts.sort(byStrike)
    : sign > 0
      ? contracts
      : contracts.reverse()
}

function fits<T extends string | number>(
  ask: Ask,
  name: string,
  value: T,
  read: (text: string) => T,
): boolean {
  const bound = (suffix: string) => {
    const text = ask(`${name}${suffix}`)
    return text === undefined ? null : read(text)
  }
  const [exact, gte, gt, lte, lt] = ['', '.gte', '.gt', '.lte', '.lt'].map(bound)
  return (
    (exact == null || value === exact) &&
    (gte == null || value >= gte) &&
    (gt == null || value > gt) &&
    (lte == null || value <= lte) &&
    (lt == null || value < lt)
  )
}

interface Listed {
  simulation: Simulation
  path: string
  limits: { standard: number; max: number }
  rows(ask: Ask): OptionContract[]
  write(contract: OptionContract): string
}

function page(
  request: VendorRequest,
  reply: FastifyReply,
  { simulation, path, limits, rows, write }: Listed,
): FastifyReply {
  const cursor = queryText(request, 'cursor')
  const state = cursor === undefined ? null : readCursor(cursor)
  if (cursor !== undefined && !state) return badRequest(request, reply, 'The cursor is invalid')
  const ask: Ask = (name) => (state ? state[name] : queryText(request, name))
  const limit = limitOf(ask('limit'), limits.standard, limits.max)
  if (limit === null) return badRequest(request, reply, `'limit' must be between 1 and ${limits.max}`)
  const all = request.rowFault === 'empty' ? [] : rows(ask)
  const from = Number(state?.from ?? 0)
  const texts = all.slice(from, from + limit).map(write)
  if (request.rowFault === 'malformed_row' && texts.length > 0)
    texts[Math.floor(texts.length / 2)] = MALFORMED
  const kept = Object.fromEntries(
    [...REMEMBERED, ...RANGED].flatMap((name) => (ask(name) === undefined ? [] : [[name, ask(name)!]])),
  )
  const more = from + limit < all.length
  const next = more
    ? `,"next_url":"${simulation.url()}/polygon${path}?cursor=${writeCursor({ ...kept, from: String(from + limit) })}"`
    : ''
  const status = statusWord(planOf(request), 'equity')
  return sendJson(
    reply,
    200,
    `{"request_id":"${requestId(request)}","results":[${texts.join(',')}],"status":"${status}"${next}}`,
  )
}

const listedRow = (contract: OptionContract): string =>
  JSON.stringify({
    cfi: contract.right === 'call' ? 'OCASPS' : 'OPASPS',
    contract_type: contract.right,
    exercise_style: 'american',
    expiration_date: contract.expiry.date,
    primary_exchange: 'BATO',
    shares_per_contract: 100,
    strike_price: contract.strike,
    ticker: optionTicker(contract),
    underlying_ticker: contract.underlying.symbol,
  })
