// What is known of a contract at one instant: the numbers that ticks are made of. Absent where there is none: a
// currency pair has no last trade, a morning no open.
import { type Micros, SECOND_US } from '@onetape/market'
import { splitFactor } from '../market/actions.ts'
import { begunSession, sessionBefore } from '../market/calendar.ts'
import { isIndex } from '../market/index-listing.ts'
import type { Market } from '../market/market.ts'
import { optionContract } from '../market/options.ts'
import type { StreamTick } from '../pump.ts'
import type { Contract } from './contract.ts'
import { isCalculated, lastLevel, marketOf } from './index-contract.ts'

export interface Picture {
  bid?: number
  ask?: number
  last?: number
  bidSize?: number
  askSize?: number
  lastSize?: number
  lastTs?: Micros
  volume?: number
  open?: number
  high?: number
  low?: number
  /** Close of the session before. */
  close?: number
  option?: OptionPicture
}

export interface OptionPicture {
  right: 'call' | 'put'
  openInterest: number
  impliedVolatility: number | null
  greeks: { delta: number; gamma: number; theta: number; vega: number } | null
  value: number
  underlyingPrice: number
}

/**
 * Quotes of US stocks count round lots in the market; here sizes and volumes are shares, as a terminal sends them to
 * clients of this version unless it is told to send lots.
 */
const SHARES_A_LOT = 100

export function pictureOf(real: Market, contract: Contract, now: Micros): Picture {
  if (contract.option) return optionPicture(real, contract, now)
  const { listing } = contract
  const market = marketOf(real, listing)
  if (contract.secType === 'IND') {
    const last = lastLevel(market, listing, now)
    return { ...(last && { last: last.price, lastTs: last.ts }), ...dayOf(market, contract, now) }
  }
  const quote = market.bidAsk(listing, now)
  const last = market.lastTrade(listing, now)
  return {
    ...(quote && {
      bid: quote.bid,
      ask: quote.ask,
      bidSize: sizeOf(contract, quote.bidSize),
      askSize: sizeOf(contract, quote.askSize),
    }),
    ...(last && contract.secType !== 'CASH' && { last: last.price, lastSize: last.size, lastTs: last.ts }),
    ...dayOf(market, contract, now),
  }
}

/** @param tick of the listing that is followed for it. */
export function pictureOfTick(real: Market, contract: Contract, tick: StreamTick): Picture {
  const { listing } = contract
  const market = marketOf(real, listing)
  if (isIndex(listing)) {
    if (!isCalculated(tick.ts)) return pictureOf(real, contract, tick.ts)
    return { ...dayOf(market, contract, tick.ts), last: tick.price * listing.factor, lastTs: tick.ts }
  }
  const quote = {
    bid: tick.bid,
    ask: tick.ask,
    bidSize: sizeOf(contract, tick.bidSize),
    askSize: sizeOf(contract, tick.askSize),
  }
  const day = dayOf(market, contract, tick.ts)
  if (contract.secType === 'CASH') return { ...quote, ...day }
  return { ...quote, ...day, last: tick.price, lastSize: tick.size, lastTs: tick.ts, volume: tick.volume }
}

function dayOf(market: Market, { listing, secType }: Contract, now: Micros): Picture {
  const session = begunSession(listing, now)
  const before = sessionBefore(session)
  const previous = market.day(listing, before, now)
  const day = market.day(listing, session, now)
  const volume = secType === 'CASH' || secType === 'IND' ? null : market.volume(listing, session, now)
  return {
    ...(previous && { close: previous.close / splitFactor(listing, before.date, session.date) }),
    ...(day && { high: day.high, low: day.low, ...(secType !== 'CASH' && { open: day.open }) }),
    ...(volume !== null && { volume }),
  }
}

function optionPicture(market: Market, { listing, option }: Contract, now: Micros): Picture {
  const c = optionContract(market, listing, { ...option!, now })
  if (!c) return {}
  return {
    // Where nobody bids there is no bid.
    ...(c.bid > 0 && { bid: c.bid, bidSize: c.bidSize }),
    ask: c.ask,
    askSize: c.askSize,
    ...(c.last && { last: c.last.price, lastSize: c.last.size, lastTs: c.last.ts }),
    ...(c.volume > 0 && { open: c.open, high: c.high, low: c.low }),
    volume: c.volume,
    close: c.previousClose,
    option: {
      right: c.right,
      openInterest: c.openInterest,
      impliedVolatility: c.impliedVolatility,
      greeks: c.greeks,
      value: c.theoretical,
      underlyingPrice: c.underlyingPrice,
    },
  }
}

const sizeOf = ({ secType }: Contract, size: number): number =>
  secType === 'STK' ? size * SHARES_A_LOT : size

export const secondsOf = (ts: Micros): number => Math.floor(ts / SECOND_US)
