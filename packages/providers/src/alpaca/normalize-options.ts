// Alpaca's option contracts: as rows of a chain, and as quotes of their own.
import { type Micros, microsFromIso, type OptionQuote, type Quote, type SymbolRef } from '@onetape/market'
import { optionFromOcc } from '../occ-symbol.ts'
import type { Feed } from './feed.ts'
import { positive, sidesOf } from './normalize.ts'
import type { OptionRow } from './payload.ts'
import { refFrom, underlyingOf } from './symbols.ts'

/** A standard contract; adjusted ones, which deliver something else, are not listed. */
const CONTRACT_SIZE = 100

export function normalizeContract(row: OptionRow, occ: string, feed: Feed): OptionQuote | string {
  const ref = refFrom('option', occ)
  if (!ref) return `symbol ${occ} is no option symbol`
  const underlying = underlyingOf(occ)
  if (!underlying) return 'is adjusted: it does not deliver 100 shares'
  const seen = observed(row, ref)
  if (typeof seen === 'string') return seen
  const [, expiry, right, strike] = ref.symbol.split(':')
  const today = row.dailyBar && row.dailyBar.t.slice(0, 10) === dayText(seen.ts) ? row.dailyBar : null
  return {
    ...ref,
    underlying,
    expiry: expiry!,
    right: right === 'C' ? 'call' : 'put',
    strike: Number(strike),
    contractSize: CONTRACT_SIZE,
    ...seen,
    volume: today?.v ?? null,
    openInterest: null, // not on the wire
    impliedVolatility: positive(row.impliedVolatility),
    delta: row.greeks?.delta ?? null,
    gamma: row.greeks?.gamma ?? null,
    theta: row.greeks?.theta ?? null,
    vega: row.greeks?.vega ?? null,
    tsOrigin: 'vendor',
    feed: feed.name,
    delayedMinutes: feed.delayedMinutes,
    currency: 'USD',
  }
}

export function normalizeOptionPrice(row: OptionRow, occ: string, feed: Feed): Quote | string {
  const ref = refFrom('option', occ)
  if (!ref) return `symbol ${occ} is no option symbol`
  const seen = observed(row, ref)
  if (typeof seen === 'string') return seen
  return {
    ...ref,
    ...seen,
    volume: null,
    tsOrigin: 'vendor',
    feed: feed.name,
    delayedMinutes: feed.delayedMinutes,
    currency: 'USD',
  }
}

/** Contracts trade seldom: the event is the newer one of trade and quote. */
function observed(
  row: OptionRow,
  ref: SymbolRef,
): (Pick<Quote, 'last' | 'bid' | 'ask' | 'bidSize' | 'askSize'> & { ts: Micros }) | string {
  const traded = row.latestTrade ? microsFromIso(row.latestTrade.t) : null
  const quoted = row.latestQuote ? microsFromIso(row.latestQuote.t) : null
  const last = traded === null ? null : positive(row.latestTrade?.p)
  const sides = sidesOf(row.latestQuote, ref)
  if (last === null && sides.bid === null && sides.ask === null) return 'no price'
  const ts = Math.max(last === null ? 0 : traded!, quoted ?? 0)
  return ts === 0 ? 'no event time' : { last, ...sides, ts }
}

/** Option sessions lie within one UTC day. */
const dayText = (ts: Micros): string => new Date(Math.floor(ts / 1000)).toISOString().slice(0, 10)

export const expiryOf = (occ: string): string | null => optionFromOcc(occ)?.split(':')[1] ?? null
