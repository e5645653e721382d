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
  /** Shares in one unit of a US stock's sizes and volumes; everything else is counted one by one. */
  shareLot: number
}

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
    bidSize: bid === null ? null : counted(positive(s.bidSize), c),
    askSize: ask === null ? null : counted(positive(s.askSize), c),
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
function volumeOf(s: TickState, c: TickContext): number | null {
  if (c.ref.assetClass === 'fx' || c.ref.assetClass === 'index') return null
  return s.volume === undefined || s.volume < 0 ? null : counted(s.volume, c)
}

/** A size or a volume in shares, contracts or units. */
export function counted<T extends number | null>(
  amount: T,
  { ref, shareLot }: Pick<TickContext, 'ref' | 'shareLot'>,
): T | number {
  if (amount === null || ref.assetClass !== 'equity') return amount
  // Without the tail that fractions leave: 948837.22 x 100.
  return Number((amount * shareLot).toPrecision(15))
}

const positive = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) && value > 0 ? value : null

const middle = (bid: number | null, ask: number | null): number | null =>
  bid === null || ask === null ? null : Number(((bid + ask) / 2).toPrecision(12))
