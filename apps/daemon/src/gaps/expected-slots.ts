/**
 * Which slots a tier should have had, and which of them nobody served. Pure: sessions, what was jumped over and what
 * was served go in, spans of market time come out. Slots are those of schedule/slots.ts; equities, crypto and forex
 * have them while their venue trades, pre- and post-market included; an index is worked out in regular hours alone.
 */
import { outside, type Span } from '@onetape/db'
import {
  type AssetClass,
  addDays,
  type Micros,
  SECOND_US,
  type Session,
  sessionDateOf,
  sessionsBetween,
  venueOf,
} from '@onetape/market'

export interface SlotQuestion {
  assetClass: AssetClass
  frequencyS: number
  /** Market time that is looked at, [from, to). */
  from: Micros
  to: Micros
  /** Spans that the market clock jumped over: nothing was to be had there. */
  jumped: readonly Span[]
  /** Instants in the slots that were served, in any order. */
  servedAt: readonly Micros[]
}

/** Slots in a row that nobody served, cut where the venue closes. */
export interface MissedSpan extends Span {
  slots: number
}

export function missedSpans(q: SlotQuestion): MissedSpan[] {
  const slotUs = q.frequencyS * SECOND_US
  const served = servedSlots(q, slotUs)
  return expectedSpans(q.assetClass, q, q.jumped).flatMap((open) => holesIn(open, served, slotUs))
}

/** Market time in which new prices may be expected: sessions that follow one another without a break are one span. */
export function expectedSpans(
  assetClass: AssetClass,
  { from, to }: Span,
  jumped: readonly Span[] = [],
): Span[] {
  if (from >= to) return []
  const venue = venueOf(assetClass)
  // A session may begin a day before its date, and the one that `to` lies in may not have begun.
  const dates = [addDays(sessionDateOf(venue, from), -1), addDays(sessionDateOf(venue, to), 4)] as const
  const spans: Span[] = []
  for (const session of sessionsBetween(venue, ...dates)) {
    const span = clip(hoursOf(assetClass, session), { from, to })
    if (!span) continue
    const last = spans.at(-1)
    if (last && last.to >= span.from) last.to = span.to
    else spans.push(span)
  }
  return spans.flatMap((span) => outside(span, jumped))
}

/** How much of a span prices were to be expected in. */
export const expectedUs = (assetClass: AssetClass, span: Span): number =>
  expectedSpans(assetClass, span).reduce((sum, { from, to }) => sum + to - from, 0)

const hoursOf = (assetClass: AssetClass, session: Session): Span =>
  assetClass === 'index'
    ? { from: session.open, to: session.close }
    : { from: session.preOpen, to: session.postClose }

function clip(a: Span, b: Span): Span | null {
  const [from, to] = [Math.max(a.from, b.from), Math.min(a.to, b.to)]
  return from < to ? { from, to } : null
}

function servedSlots({ servedAt, from }: SlotQuestion, slotUs: number): number[] {
  const slots = new Set(servedAt.filter((at) => at + slotUs > from).map((at) => Math.floor(at / slotUs)))
  return [...slots].sort((a, b) => a - b)
}

function holesIn(open: Span, served: readonly number[], slotUs: number): MissedSpan[] {
  const first = Math.floor(open.from / slotUs)
  const end = Math.ceil(open.to / slotUs)
  const holes: MissedSpan[] = []
  let next = first
  const hole = (until: number) => {
    if (until <= next) return
    const span = clip({ from: next * slotUs, to: until * slotUs }, open)
    if (span) holes.push({ ...span, slots: until - next })
  }
  for (const slot of served) {
    if (slot < next) continue
    if (slot >= end) break
    hole(slot)
    next = slot + 1
  }
  hole(end)
  return holes
}
