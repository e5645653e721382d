// What is known of a contract from its ticks, as quote and snapshot. Pure.
import {
  type AssetClass,
  type Micros,
  type Ohlcv,
  ohlcvFault,
  type Quote,
  SECOND_US,
  type Snapshot,
  type SymbolRef,
  sessionDateOf,
  venueOf,
} from '@onetape/market'
import { DELAYED_MINUTES } from './capabilities.ts'
import { hasPrice, type TickState } from './ticks.ts'

export interface TickContext {
  ref: SymbolRef
  /** Market time at which the newest tick was here: bids and asks come without a time. */
  receivedAt: Micros
  /** Shares of one unit of volume. */
  volumeLot: number
}

/**
 * Volume of US shares is counted in lots of 100, in ticks (documented) and in bars (recorded: 948,837 for a day of
 * 95 million shares); sizes of bid and ask are shares since TWS 985.
 */
export const volumeLotOf = (assetClass: AssetClass): number => (assetClass === 'equity' ? 100 : 1)

const FEEDS: Record<AssetClass, string> = {
  equity: 'smart',
  index: 'index',
  fx: 'idealpro',
  option: 'opra',
  crypto: 'paxos',
}
export const feedOf = (assetClass: AssetClass, delayed: boolean): string =>
  delayed ? 'delayed' : FEEDS[assetClass]

export function normalizeQuote(s: TickState, c: TickContext): Quote | string {
  if (!hasPrice(s)) return 'no price'
  const [bid, ask] = [positive(s.bid), positive(s.ask)]
  const last = positive(s.last) ?? (c.ref.assetClass === 'fx' ? middle(bid, ask) : null)
  const traded = s.lastTime && positive(s.last) !== null ? s.lastTime * SECOND_US : null
  return {
    ...c.ref,
    ts: traded ?? c.receivedAt,
    tsOrigin: traded === null ? 'response' : 'vendor',
    last,
    bid,
    ask,
    bidSize: bid === null ? null : positive(s.bidSize),
    askSize: ask === null ? null : positive(s.askSize),
    volume: volumeOf(s, c),
    feed: feedOf(c.ref.assetClass, s.delayed),
    delayedMinutes: s.delayed ? DELAYED_MINUTES : 0,
    currency: c.ref.assetClass === 'fx' ? c.ref.symbol.split('-')[1]! : 'USD',
  }
}

export function normalizeSnapshot(s: TickState, c: TickContext): Snapshot | string {
  const quote = normalizeQuote(s, c)
  if (typeof quote === 'string') return quote
  return {
    quote,
    minuteBar: null,
    day: dayOf(s, c),
    sessionDate: sessionDateOf(venueOf(c.ref.assetClass), quote.ts),
    previousClose: positive(s.close),
  }
}

function dayOf(s: TickState, c: TickContext): Ohlcv | null {
  const [open, high, low, close] = [s.open, s.high, s.low, s.last].map(positive)
  if (open == null || high == null || low == null || close == null) return null
  const day = { open, high, low, close, volume: volumeOf(s, c) }
  return ohlcvFault(day) === null ? day : null
}

/** Pairs have no volume, an index has none of its own. */
function volumeOf(s: TickState, { ref, volumeLot }: TickContext): number | null {
  if (ref.assetClass === 'fx' || ref.assetClass === 'index') return null
  return s.volume === undefined || s.volume < 0 ? null : scaled(s.volume, volumeLot)
}

/** Times a lot, without the tail that fractions leave: 948837.22 x 100. */
export const scaled = (volume: number, lot: number): number => Number((volume * lot).toPrecision(15))

const positive = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) && value > 0 ? value : null

const middle = (bid: number | null, ask: number | null): number | null =>
  bid === null || ask === null ? null : Number(((bid + ask) / 2).toPrecision(12))
