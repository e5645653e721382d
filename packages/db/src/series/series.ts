// A series of bars is of one source on one basis, and says which.
import type { Basis, Micros, Ohlcv, Timeframe, Venue } from '@onetape/market'
import { cadencesBefore } from './cadences.ts'

/** Which instrument, and of whom: what every request for a series says. */
export interface SeriesChoice {
  instrumentId: number
  timeframe: Timeframe
  /** Half-open range of bar starts, [from, to). */
  from: Micros
  to: Micros
  venue: Venue
  source?: string
  basis?: Basis
  /** House order, best first: decides between sources that are about as new. */
  sourceOrder?: readonly string[]
  /** Of a source's bases that are equally full, the one to take. */
  rather?: Basis
  /** Puts days on another basis before weeks and longer bars are made of them. Those it leaves out are left out. */
  convertDays?: ConvertDays
}

/** A session's bar as it is stored; oldest first. */
export interface SessionBar extends Ohlcv {
  session_date: string
  settled: boolean
}

export type ConvertDays = (
  days: readonly SessionBar[],
  of: { source: string; basis: Basis },
) => Promise<SessionBar[]>

export interface SeriesRequest extends SeriesChoice {
  /** The newest so many. */
  limit: number
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
  /** How many bars it has; zero and less where that is not known without reading them. */
  bars: number
  /** Write of its newest bar. */
  writeId: number
}

const CADENCES_BEHIND = 2

/**
 * The source that is asked for; else the best of the house order among those whose newest bar is at most two bars
 * behind the newest of all, so that a stand-in that is just ahead does not take the chart over. One that has less than
 * half of another's bars gives way: while it had no calls left, the other was asked for the history. Of its bases the
 * asked one, else the fullest.
 */
export function pickOffer(offers: readonly Offer[], o: SeriesChoice): Offer | null {
  const order = o.sourceOrder ?? []
  const place = (offer: Offer) => (order.includes(offer.source) ? order.indexOf(offer.source) : order.length)
  const newest = new Map<string, number>()
  for (const offer of offers)
    newest.set(offer.source, Math.max(offer.newest, newest.get(offer.source) ?? offer.newest))
  const fitting = offers.filter(
    (offer) => (!o.source || offer.source === o.source) && (!o.basis || offer.basis === o.basis),
  )
  if (fitting.length === 0) return null
  const ofAll = Math.max(...fitting.map((offer) => newest.get(offer.source)!))
  const since = cadencesBefore(ofAll, { ...o, count: CADENCES_BEHIND })
  const level = fitting.filter((offer) => newest.get(offer.source)! >= since)
  const fullest = Math.max(0, ...level.map((offer) => offer.bars))
  const full = level.filter((offer) => offer.bars * 2 >= fullest || offer.bars <= 0)
  full.sort(
    (a, b) =>
      place(a) - place(b) ||
      newest.get(b.source)! - newest.get(a.source)! ||
      a.sourceId - b.sourceId ||
      b.bars - a.bars ||
      Number(b.basis === o.rather) - Number(a.basis === o.rather) ||
      (a.basis < b.basis ? -1 : 1),
  )
  return full[0]!
}

export const sourcesOf = (offers: readonly Offer[]): string[] =>
  [...new Set(offers.map((offer) => offer.source))].sort()
