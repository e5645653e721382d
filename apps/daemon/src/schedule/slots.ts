/**
 * Which tiers are due. A tier of f seconds has one slot every f seconds on the market clock, `floor(now / f)`; it is
 * due once per slot, so slots missed while nobody looked, or nobody answered, come to one catch-up, never a pile.
 * Equities have slots from pre-market to the end of post-market only, forex from Sunday to Friday 17:00 New York;
 * crypto has them always.
 */
import { outside, type Span } from '@onetape/db'
import {
  type AssetClass,
  HOUR_US,
  lastSession,
  type Micros,
  nextSession,
  SECOND_US,
  sessionAt,
  venueOf,
} from '@onetape/market'

export interface TierCadence {
  name: string
  frequencyS: number
  priority: number
  enabled: boolean
}

export const slotOf = (now: Micros, frequencyS: number): number => Math.floor(now / (frequencyS * SECOND_US))

/** The beginning of the slot that `now` lies in. */
export const slotStart = (now: Micros, frequencyS: number): Micros =>
  slotOf(now, frequencyS) * frequencyS * SECOND_US

/** When the tier's next slot begins. */
export const nextSlotAt = (now: Micros, frequencyS: number): Micros =>
  slotStart(now, frequencyS) + frequencyS * SECOND_US

/** Whether new prices may be expected at this moment, pre- and post-market included. */
export const trades = (assetClass: AssetClass, now: Micros): boolean =>
  sessionAt(venueOf(assetClass), now).state !== 'closed'

/** When the tier is next swept: its next slot, or the first one of the next session. */
export function nextSweepAt(assetClass: AssetClass, now: Micros, frequencyS: number): Micros {
  const slot = nextSlotAt(now, frequencyS)
  if (trades(assetClass, slot)) return slot
  return sessionAt(venueOf(assetClass), slot).nextChange?.at ?? slot
}

/** When the class trades within a span, oldest first. */
export function tradingSpans(assetClass: AssetClass, { from, to }: Span): Span[] {
  const venue = venueOf(assetClass)
  const spans: Span[] = []
  for (let s = lastSession(venue, from); s.preOpen < to; s = nextSession(venue, s.open)) {
    const span = { from: Math.max(from, s.preOpen), to: Math.min(to, s.postClose) }
    const before = spans.at(-1)
    if (before && span.from <= before.to) before.to = Math.max(before.to, span.to)
    else if (span.from < span.to) spans.push(span)
  }
  return spans
}

/** Whether the class trades from one moment to the other without a break. */
export const tradesThrough = (assetClass: AssetClass, span: Span): boolean => {
  const [first] = tradingSpans(assetClass, span)
  return first !== undefined && first.from <= span.from && first.to >= span.to
}

/** Slots one after the other: the first, the last, how many of them a tier should have had, and in which hours. */
export interface SlotRun {
  fromAt: Micros
  toAt: Micros
  slots: number
  hours: { hourAt: Micros; slots: number }[]
}

/**
 * Slots that a tier should have had among those that begin in a span; null when there are none. Spans that the market
 * clock jumped over hold no slots.
 */
export function slotsIn(
  o: Span & { assetClass: AssetClass; frequencyS: number; skipped?: readonly Span[] },
): SlotRun | null {
  const lengthUs = o.frequencyS * SECOND_US
  const hours = new Map<Micros, number>()
  let [first, last, slots]: [Micros | null, Micros, number] = [null, Number.NEGATIVE_INFINITY, 0]
  const spans = tradingSpans(o.assetClass, o).flatMap((span) => outside(span, o.skipped ?? []))
  for (const span of spans) {
    let at = slotStart(span.from, o.frequencyS)
    if (at < o.from) at += lengthUs
    for (at = Math.max(at, last + lengthUs); at < span.to && at < o.to; at += lengthUs) {
      first ??= at
      last = at
      slots += 1
      const hourAt = at - (at % HOUR_US)
      hours.set(hourAt, (hours.get(hourAt) ?? 0) + 1)
    }
  }
  if (first === null) return null
  return { fromAt: first, toAt: last, slots, hours: [...hours].map(([hourAt, n]) => ({ hourAt, slots: n })) }
}
