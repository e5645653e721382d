// Ticks of an option contract as a row of its chain. Pure.
import type { Micros, OptionQuote, SymbolRef } from '@onetape/market'
import { DELAYED_MINUTES } from './capabilities.ts'
import { normalizeQuote } from './normalize.ts'
import { isoDate } from './symbols.ts'
import type { TickState } from './ticks.ts'
import type { TwsContract } from './tws.ts'

export type OptionContract = TwsContract &
  Required<Pick<TwsContract, 'expiry' | 'strike' | 'right' | 'multiplier'>>

/** House symbol of a contract of this underlying. */
export const optionSymbol = (underlying: SymbolRef, c: OptionContract): string =>
  `${underlying.symbol}:${isoDate(c.expiry)}:${c.right}:${c.strike}`

/** A contract that nobody quotes is still listed: all prices null. */
export function normalizeOption(
  s: TickState,
  {
    underlying,
    contract,
    receivedAt,
  }: { underlying: SymbolRef; contract: OptionContract; receivedAt: Micros },
): OptionQuote {
  const ref: SymbolRef = { assetClass: 'option', symbol: optionSymbol(underlying, contract) }
  const quote = normalizeQuote(s, { ref, receivedAt, shareLot: 1 })
  const none = { last: null, bid: null, ask: null, bidSize: null, askSize: null, volume: null }
  const priced = typeof quote === 'string' ? none : quote
  const greek = (value: number | undefined) =>
    value !== undefined && Number.isFinite(value) && Math.abs(value) < 1e9 ? value : null
  return {
    ...ref,
    underlying,
    expiry: isoDate(contract.expiry),
    right: contract.right === 'C' ? 'call' : 'put',
    strike: contract.strike,
    contractSize: contract.multiplier,
    last: priced.last,
    bid: priced.bid,
    ask: priced.ask,
    bidSize: priced.bidSize,
    askSize: priced.askSize,
    volume: priced.volume,
    // Open interest comes on a generic tick that snapshots do not carry.
    openInterest: null,
    impliedVolatility: greek(s.greeks?.impliedVolatility),
    delta: greek(s.greeks?.delta),
    gamma: greek(s.greeks?.gamma),
    theta: greek(s.greeks?.theta),
    vega: greek(s.greeks?.vega),
    ts: typeof quote === 'string' ? receivedAt : quote.ts,
    tsOrigin: typeof quote === 'string' ? 'response' : quote.tsOrigin,
    feed: s.delayed ? 'delayed' : 'opra',
    delayedMinutes: s.delayed ? DELAYED_MINUTES : 0,
    currency: 'USD',
  }
}
