// GET /v7/finance/options/{symbol}?date=: the contracts of one expiry (the nearest when none is named), behind a crumb.
import type { FastifyInstance, FastifyReply } from 'fastify'
import { begunSession } from '../market/calendar.ts'
import { type Expiry, expiriesOf, type OptionContract, optionChain } from '../market/options.ts'
import { queryText, type Simulation, sendJson, type VendorRequest } from '../simulation.ts'
import { yahooFacts } from './facts.ts'
import { asQuoted, listingOf, secondsOf, yahooSymbol } from './names.ts'
import { quoteRow } from './quote-row.ts'
import { crumbFits, invalidCrumb } from './ticket.ts'

export function optionRoutes(app: FastifyInstance, { clock }: Simulation): void {
  app.get('/v7/finance/options/:symbol', async (raw, reply) => {
    const request = raw as VendorRequest
    if (!crumbFits(request, queryText(request, 'crumb'))) return invalidCrumb(reply)
    const { market } = request
    const now = clock.now()
    const listing = listingOf(market, request.params.symbol!)
    const facts = listing && yahooFacts(market, listing, now)
    // What is not known has an empty list and no error.
    if (!listing || !facts || request.rowFault === 'empty') return answer(reply, [])
    const expiries = expiriesOf(listing, begunSession(listing, now).date)
    const asked = queryText(request, 'date')
    const expiry = asked ? expiries.find((e) => secondsAt(e) === Number(asked)) : expiries[0]
    const chain = expiry ? optionChain(market, listing, expiry, now) : []
    const calls: unknown[] = sideOf(chain, 'call')
    if (request.rowFault === 'malformed_row' && calls.length > 0)
      calls[Math.floor(calls.length / 2)] = { contractSymbol: 7, strike: 'n/a', expiration: null }
    return answer(reply, [
      {
        underlyingSymbol: yahooSymbol(listing),
        expirationDates: expiries.map(secondsAt),
        strikes: [...new Set(chain.map((c) => c.strike))],
        hasMiniOptions: false,
        quote: quoteRow(market, facts, now, null),
        options: expiry
          ? [{ expirationDate: secondsAt(expiry), hasMiniOptions: false, calls, puts: sideOf(chain, 'put') }]
          : [],
      },
    ])
  })
}

const answer = (reply: FastifyReply, result: object[]): FastifyReply =>
  sendJson(reply, 200, { optionChain: { result, error: null } })

/** Expiries are named by their midnight UTC. */
const secondsAt = ({ date }: Expiry): number => Date.parse(`${date}T00:00:00Z`) / 1000

/** Contracts that never traded are not listed. */
const sideOf = (chain: readonly OptionContract[], right: 'call' | 'put'): object[] =>
  chain.filter((c) => c.right === right && c.last !== null).map(contractRow)

function contractRow(c: OptionContract): object {
  const lastPrice = c.last!.price
  const change = c.volume > 0 ? lastPrice - c.previousClose : 0
  return {
    contractSymbol: occSymbol(c),
    strike: c.strike,
    currency: 'USD',
    lastPrice,
    change: asQuoted(change),
    percentChange: c.previousClose > 0 ? asQuoted((change / c.previousClose) * 100) : 0,
    // Without a trade today there is no such key.
    ...(c.volume > 0 ? { volume: c.volume } : {}),
    openInterest: c.openInterest,
    bid: c.bid,
    ask: c.ask,
    contractSize: 'REGULAR',
    expiration: secondsAt(c.expiry),
    lastTradeDate: secondsOf(c.last!.ts),
    impliedVolatility: c.impliedVolatility ?? 1.0000000000000003e-5,
    inTheMoney: c.right === 'call' ? c.underlyingPrice > c.strike : c.underlyingPrice < c.strike,
  }
}

/** `AAPL261218C00230000` */
function occSymbol({ underlying, expiry, right, strike }: OptionContract): string {
  const date = expiry.date.slice(2).replaceAll('-', '')
  const root = underlying.symbol.replace('.', '')
  return `${root}${date}${right === 'call' ? 'C' : 'P'}${String(Math.round(strike * 1000)).padStart(8, '0')}`
}
