// /v1beta1/options/snapshots: a whole chain with pages, or named contracts. Contracts are called as OCC does, without
// the spaces: AAPL240517P00190000.
import { addDays, type Micros } from '@onetape/market'
import type { FastifyInstance } from 'fastify'
import type { Listing } from '../market/listing.ts'
import type { Market } from '../market/market.ts'
import { expiriesOf, type OptionContract, optionChain, optionContract } from '../market/options.ts'
import { dateInNewYork, midnightInNewYork } from '../new-york.ts'
import { queryText, type Simulation, sendJson, type VendorRequest } from '../simulation.ts'
import { isFree } from './account.ts'
import { BadParameter, NO_OPRA } from './answers.ts'
import { answering, spoiled } from './price-routes.ts'
import { limitAsked, listingOf } from './queries.ts'
import { barRow, nanoText } from './rows.ts'
import { SIP_DELAY_US } from './tape.ts'

const SYMBOLS_MAX = 100

export function optionRoutes(app: FastifyInstance, simulation: Simulation): void {
  app.get(
    '/v1beta1/options/snapshots',
    answering((request, reply) => {
      const now = momentOf(request, simulation.clock.now())
      const symbols = (queryText(request, 'symbols') ?? '').split(',').filter((s) => s !== '')
      if (symbols.length === 0) throw new BadParameter('symbols is required')
      if (symbols.length > SYMBOLS_MAX) throw new BadParameter(`symbols: at most ${SYMBOLS_MAX} are allowed`)
      const contracts = symbols.map((symbol) => contractOf(request.market, symbol, now))
      const rows = contracts.filter((c) => c !== null).map((c) => [occSymbol(c), contractRow(c)])
      const snapshots = spoiled(request, Object.fromEntries(rows))
      return sendJson(reply, 200, { snapshots, next_page_token: null })
    }),
  )

  app.get(
    '/v1beta1/options/snapshots/:underlying',
    answering((request, reply) => {
      const now = momentOf(request, simulation.clock.now())
      const limit = limitAsked(request, { standard: 100, max: 1000 })
      const listing = listingOf(request.market, 'equity', request.params.underlying!)
      const wanted = filterOf(request)
      const contracts = listing && request.rowFault !== 'empty' ? chainOf(request.market, listing, now) : []
      const after = tokenOf(request)
      const found = contracts
        .filter(wanted)
        .map((c) => [occSymbol(c), c] as const)
        .filter(([symbol]) => symbol > after)
        .sort(([a], [b]) => (a < b ? -1 : 1))
      const page = found.slice(0, limit)
      const next = found.length > limit ? Buffer.from(page.at(-1)![0]).toString('base64') : null
      const rows = Object.fromEntries(page.map(([symbol, c]) => [symbol, contractRow(c)]))
      return sendJson(reply, 200, { snapshots: spoiled(request, rows), next_page_token: next })
    }),
  )
}

/** `indicative`, what the free plan has, is 15 minutes late. @throws BadParameter */
function momentOf(request: VendorRequest, now: Micros): Micros {
  const free = isFree(request.credential)
  const feed = queryText(request, 'feed') ?? (free ? 'indicative' : 'opra')
  if (feed !== 'opra' && feed !== 'indicative') throw new BadParameter(`invalid feed: ${feed}`)
  if (feed === 'opra' && free) throw new BadParameter(NO_OPRA, 403)
  return feed === 'opra' ? now : now - SIP_DELAY_US
}

const chainOf = (market: Market, listing: Listing, now: Micros): OptionContract[] =>
  expiriesOf(listing, dateInNewYork(now)).flatMap((expiry) => optionChain(market, listing, expiry, now))

/** @throws BadParameter */
function filterOf(request: VendorRequest): (c: OptionContract) => boolean {
  const type = queryText(request, 'type')
  if (type !== undefined && type !== 'call' && type !== 'put') throw new BadParameter(`invalid type: ${type}`)
  const number = (name: string, standard: number): number => {
    const value = Number(queryText(request, name) ?? standard)
    if (Number.isNaN(value)) throw new BadParameter(`invalid ${name}`)
    return value
  }
  const low = number('strike_price_gte', 0)
  const high = number('strike_price_lte', Number.POSITIVE_INFINITY)
  const only = queryText(request, 'expiration_date')
  const from = only ?? queryText(request, 'expiration_date_gte') ?? '0000'
  const to = only ?? queryText(request, 'expiration_date_lte') ?? addDays('9999-12-30', 1)
  return (c) =>
    (type === undefined || c.right === type) &&
    c.strike >= low &&
    c.strike <= high &&
    c.expiry.date >= from &&
    c.expiry.date <= to
}

const tokenOf = (request: VendorRequest): string => {
  const token = queryText(request, 'page_token')
  const symbol = token === undefined ? '' : Buffer.from(token, 'base64').toString()
  if (token !== undefined && !OCC.test(symbol)) throw new BadParameter('invalid page_token')
  return symbol
}

const OCC = /^([A-Z]{1,6})(\d{2})(\d{2})(\d{2})([CP])(\d{8})$/

const occSymbol = ({ underlying, expiry, right, strike }: OptionContract): string =>
  underlying.symbol.replace('.', '') +
  expiry.date.slice(2).replaceAll('-', '') +
  (right === 'call' ? 'C' : 'P') +
  String(Math.round(strike * 1000)).padStart(8, '0')

/** @throws BadParameter */
function contractOf(market: Market, symbol: string, now: Micros): OptionContract | null {
  const [, root, year, month, day, letter, thousandths] = OCC.exec(symbol) ?? []
  if (!root) throw new BadParameter(`invalid symbol: ${symbol}`, 400)
  const listing = market.find(root) ?? market.find(root.replace(/([A-Z])$/, '.$1'))
  return (
    listing &&
    optionContract(market, listing, {
      expiry: `20${year}-${month}-${day}`,
      right: letter === 'C' ? 'call' : 'put',
      strike: Number(thousandths) / 1000,
      now,
    })
  )
}

/** There is no open interest in it; without a guide to the volatility neither that nor greeks. */
function contractRow(c: OptionContract): Record<string, unknown> {
  const { key } = c.underlying
  const day = c.last && c.volume > 0 ? dayBar(c, c.last.price) : null
  return {
    ...(day ? { dailyBar: day } : {}),
    ...(c.greeks ? { greeks: c.greeks, impliedVolatility: c.impliedVolatility } : {}),
    latestQuote: {
      ap: c.ask,
      as: c.askSize,
      ax: 'C',
      bp: c.bid,
      bs: c.bidSize,
      bx: 'N',
      c: 'A',
      t: nanoText(c.quoteTs, key),
    },
    ...(c.last
      ? { latestTrade: { c: 'I', p: c.last.price, s: c.last.size, t: nanoText(c.last.ts, key), x: 'N' } }
      : {}),
  }
}

const dayBar = (c: OptionContract, close: number) =>
  barRow(midnightInNewYork(dateInNewYork(c.last!.ts)), {
    open: c.open,
    high: c.high,
    low: c.low,
    close,
    volume: c.volume,
    count: Math.max(1, Math.ceil(c.volume / 6)),
  })
