// A series of bars is of one source on one basis, and says which.
import type { Basis, Micros, Ohlcv, Timeframe, Venue } from '@onetape/market'

export interface SeriesRequest {
  instrumentId: number
  timeframe: Timeframe
  /** Half-open range of bar starts, [from, to). */
  from: Micros
  to: Micros
  /** The newest so many. */
  limit: number
  venue: Venue
  source?: string
  basis?: Basis
  /** House order, best first: decides between sources whose newest bar is the same. */
  sourceOrder?: readonly string[]
}

export interface SeriesBar extends Ohlcv {
  /** Start of the bar; for `1d` and longer, midnight UTC of its first date. */
  ts: Micros
  final: boolean
}

export interface BarSeries {
  source: string | null
  basis: Basis | null
  /** Feed of the newest bar's batch. */
  feed: string | null
  /** Every source that could answer, the chosen one included. */
  sources: string[]
  /** Oldest first. */
  bars: SeriesBar[]
}

/** What a source has to offer for a request. */
export interface Offer {
  sourceId: number
  source: string
  basis: Basis
  /** Start of its newest bar of the timeframe that is asked for. */
  newest: Micros
  /** How many bars it has, as far as that is known without reading them. */
  bars: number
  /** Write of its newest bar. */
  writeId: number
}

/** The source that is asked for, else the one with the newest bar; of its bases the asked one, else the fullest. */
export function pickOffer(offers: readonly Offer[], o: SeriesRequest): Offer | null {
  const order = o.sourceOrder ?? []
  const place = (offer: Offer) => (order.includes(offer.source) ? order.indexOf(offer.source) : order.length)
  const newest = new Map<string, number>()
  for (const offer of offers)
    newest.set(offer.source, Math.max(offer.newest, newest.get(offer.source) ?? offer.newest))
  const fitting = offers.filter(
    (offer) => (!o.source || offer.source === o.source) && (!o.basis || offer.basis === o.basis),
  )
  fitting.sort(
    (a, b) =>
      newest.get(b.source)! - newest.get(a.source)! ||
      place(a) - place(b) ||
      a.sourceId - b.sourceId ||
      b.bars - a.bars ||
      (a.basis < b.basis ? -1 : 1),
  )
  return fitting[0] ?? null
}

export const sourcesOf = (offers: readonly Offer[]): string[] =>
  [...new Set(offers.map((offer) => offer.source))].sort()
