// /marketdata/v1: quotes, candles, chains, instruments, hours and movers.
import { addDays, type Micros } from '@onetape/market'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { queryText, type Simulation, sendJson, type VendorRequest } from '../simulation.ts'
import { refuse, tooBigBody } from './answers.ts'
import { type Asset, assetOf } from './assets.ts'
import { type ChainQuery, CONTRACTS_MAX, chainBody, contractsOf, expirationList } from './chain.ts'
import { contractQuoteRow } from './contract-quote.ts'
import { contractOf } from './contracts.ts'
import { factsOf } from './facts.ts'
import { candles } from './history.ts'
import { historyQuery } from './history-query.ts'
import { BLOCKS, type Block, quoteRow } from './quote-row.ts'
import { type Access, bearerOf, type Tokens } from './tokens.ts'

export const DELAY_US = 15 * 60_000_000

export type Answer = (
  request: VendorRequest,
  reply: FastifyReply,
  seen: { now: Micros; delayed: boolean },
) => FastifyReply
/** A route for users who are signed in, with the moment that they may see. */
export type DataRoute = (path: string, answer: Answer) => void

export function dataRoutes(app: FastifyInstance, simulation: Simulation, tokens: Tokens): DataRoute {
  return (path, answer) =>
    app.get(path, async (raw, reply) => {
      const request = raw as VendorRequest
      const access: Access | null = tokens.accessOf(bearerOf(request))
      if (!access) return refuse(request, reply, { status: 401, detail: 'Client not authorized' })
      const now = simulation.clock.now() - (access.delayed ? DELAY_US : 0)
      return answer(request, reply, { now, delayed: access.delayed })
    })
}

const BASE = '/marketdata/v1'
const MALFORMED_CANDLE = {
  open: 'n/a',
  high: null,
  low: 'n/a',
  close: 'n/a',
  volume: 'many',
  datetime: 'noon',
}

export function marketRoutes(get: DataRoute): void {
  get(`${BASE}/quotes`, quotes)
  get(`${BASE}/:symbol/quotes`, (request, reply, seen) => {
    const symbol = request.params.symbol!
    const row = rowOf(request, symbol, seen)
    if (!row) return refuse(request, reply, { status: 404, detail: `Quote not found for ${symbol}` })
    return sendJson(reply, 200, { [symbol]: row })
  })
  get(`${BASE}/pricehistory`, history)
  get(`${BASE}/chains`, chains)
  get(`${BASE}/expirationchain`, (request, reply, { now }) => {
    const asset = assetAsked(request)
    if (!asset) return refuse(request, reply, { status: 404, detail: 'No option chain found' })
    const list: unknown[] = request.rowFault === 'empty' ? [] : expirationList(asset, now)
    return sendJson(reply, 200, { expirationList: list })
  })
}

const assetAsked = (request: VendorRequest): Asset | null =>
  assetOf(request.market, queryText(request, 'symbol') ?? '')

/** A map by symbol; what is unknown is named beside the symbols, inside a 200. */
function quotes(
  request: VendorRequest,
  reply: FastifyReply,
  seen: { now: Micros; delayed: boolean },
): FastifyReply {
  const asked = (queryText(request, 'symbols') ?? '').split(',').filter((s) => s !== '')
  if (asked.length === 0) return refuse(request, reply, { status: 400, detail: 'symbols is required' })
  if (asked.length > 500) return refuse(request, reply, { status: 400, detail: 'at most 500 symbols' })
  const rows: Record<string, unknown> = {}
  const invalidSymbols: string[] = []
  for (const symbol of new Set(asked)) {
    const row = rowOf(request, symbol, seen)
    if (row) rows[symbol] = row
    else invalidSymbols.push(symbol)
  }
  if (request.rowFault === 'empty') return sendJson(reply, 200, {})
  const known = Object.keys(rows)
  if (request.rowFault === 'malformed_row' && known.length > 0) {
    rows[known[Math.floor(known.length / 2)]!] = { symbol: 7, quote: { lastPrice: 'n/a', bidPrice: 'n/a' } }
  }
  return sendJson(reply, 200, invalidSymbols.length > 0 ? { ...rows, errors: { invalidSymbols } } : rows)
}

function rowOf(
  request: VendorRequest,
  symbol: string,
  { now, delayed }: { now: Micros; delayed: boolean },
): Record<string, unknown> | null {
  const { market } = request
  const ask = { market, now, blocks: blocksAsked(request), delayed }
  const asset = assetOf(market, symbol)
  if (asset) return quoteRow(asset, ask)
  const contract = contractOf(market, symbol, now)
  return contract && contractQuoteRow(contract, ask)
}

function blocksAsked(request: VendorRequest): ReadonlySet<Block> {
  const text = queryText(request, 'fields') ?? 'all'
  const asked = text.split(',')
  return new Set(asked.includes('all') ? BLOCKS : BLOCKS.filter((block) => asked.includes(block)))
}

function history(request: VendorRequest, reply: FastifyReply, { now }: { now: Micros }): FastifyReply {
  const query = historyQuery(request, now)
  if (typeof query === 'string') return refuse(request, reply, { status: 400, detail: query })
  const asset = assetAsked(request)
  if (!asset) return refuse(request, reply, { status: 404, detail: 'No price history found for the symbol' })
  const rows: unknown[] = request.rowFault === 'empty' ? [] : candles(request.market, asset, { query, now })
  if (request.rowFault === 'malformed_row' && rows.length > 0)
    rows[Math.floor(rows.length / 2)] = MALFORMED_CANDLE
  const facts =
    queryText(request, 'needPreviousClose') === 'true' ? factsOf(request.market, asset.listing, now) : null
  return sendJson(reply, 200, {
    candles: rows,
    symbol: asset.symbol,
    empty: rows.length === 0,
    ...(facts
      ? {
          previousClose: facts.previousClose * asset.factor,
          previousCloseDate: facts.day.session.preOpen / 1000,
        }
      : {}),
  })
}

function chains(
  request: VendorRequest,
  reply: FastifyReply,
  seen: { now: Micros; delayed: boolean },
): FastifyReply {
  const { now, delayed } = seen
  const query = chainQuery(request)
  if (typeof query === 'string') return refuse(request, reply, { status: 400, detail: query })
  const asset = assetAsked(request)
  if (!asset) return refuse(request, reply, { status: 404, detail: 'No option chain found' })
  const ask = { market: request.market, asset, now, query }
  const contracts = request.rowFault === 'empty' ? [] : contractsOf(ask)
  if (contracts.length > CONTRACTS_MAX) return tooBigBody(reply)
  const body = chainBody(ask, contracts, delayed)
  if (request.rowFault === 'malformed_row') {
    const expiry = Object.values(body.callExpDateMap)[0]
    const strike = expiry && Object.keys(expiry)[0]
    if (strike) expiry[strike] = [{ putCall: 'CALL', symbol: 7, strikePrice: 'n/a' }]
  }
  return sendJson(reply, 200, body)
}

function chainQuery(request: VendorRequest): ChainQuery | string {
  const contractType = queryText(request, 'contractType') ?? 'ALL'
  if (contractType !== 'ALL' && contractType !== 'CALL' && contractType !== 'PUT')
    return 'Invalid contractType'
  const number = (name: string) => {
    const text = queryText(request, name)
    return text === undefined ? null : Number(text)
  }
  const [strikeCount, strike] = [number('strikeCount'), number('strike')]
  if (Number.isNaN(strikeCount) || Number.isNaN(strike)) return 'strikeCount and strike are numbers'
  const date = (name: string, standard: string) => queryText(request, name) ?? standard
  const [fromDate, toDate] = [date('fromDate', '0000-01-01'), date('toDate', addDays('9999-12-30', 1))]
  if (![fromDate, toDate].every((d) => /^\d{4}-\d{2}-\d{2}/.test(d)))
    return 'fromDate and toDate are yyyy-MM-dd'
  const range = queryText(request, 'range') ?? 'ALL'
  return {
    contractType,
    strikeCount,
    strike,
    range,
    fromDate: fromDate.slice(0, 10),
    toDate: toDate.slice(0, 10),
  }
}
