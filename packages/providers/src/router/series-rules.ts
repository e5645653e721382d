// What makes bars one series: one basis, one currency, one feed. Checked on every answer, whoever gave it. Pure.
import {
  addDays,
  type Bar,
  type Basis,
  DAY_US,
  dateInZone,
  HOUR_US,
  isIntraday,
  type Micros,
  type SymbolRef,
  sessionsBetween,
  venueOf,
} from '@onetape/market'
import { midnightOf } from '../bar-time.ts'
import type { SeriesRange } from './adjust.ts'
import type { Facts } from './answer.ts'
import type { BasisConversion } from './basis.ts'
import type { SeriesBegun } from './plan.ts'
import type { SkipReason } from './receipt.ts'

/** What whoever gave the bars says of them all; feed and basis of the bars themselves go first. */
export type SeriesSaid = Pick<Facts, 'source' | 'feed' | 'delayedMinutes' | 'fetchedAt' | 'freshness'> & {
  basis: Basis
  currency: string
}

export interface SeriesRules {
  /** Null: whatever basis it comes on. */
  basis: Basis | null
  continues?: SeriesBegun
  conversion: BasisConversion
}

export interface Series {
  bars: Bar[]
  facts: Facts
}

export interface SeriesFault {
  reason: SkipReason | 'malformed'
  message: string
}

export function seriesOf(bars: readonly Bar[], said: SeriesSaid, rules: SeriesRules): Series | SeriesFault {
  const first = bars[0]
  const feed = first?.feed ?? said.feed
  const from = first?.basis ?? said.basis
  const mixed = bars.find((bar) => bar.feed !== feed || bar.basis !== from)
  if (mixed) {
    const parts =
      mixed.feed === feed ? `${from} and ${mixed.basis} prices` : `the feeds ${feed} and ${mixed.feed}`
    return { reason: 'malformed', message: `${said.source} mixed ${parts} in one series` }
  }
  const other = otherThan(rules.continues, { ...said, feed })
  if (other) return other
  const basis = rules.basis ?? from
  const made = rules.conversion.convert(bars, from, basis)
  if (typeof made === 'string')
    return { reason: 'other_basis', message: `${said.source} has ${from} prices, not ${basis}: ${made}` }
  const converted = made.actionsSource === null ? null : { from, actionsSource: made.actionsSource }
  const newest = made.bars.at(-1)
  return {
    bars: made.bars,
    facts: { ...said, feed, ts: newest?.ts ?? null, tsOrigin: newest ? 'vendor' : null, basis, converted },
  }
}

function otherThan(
  begun: SeriesBegun | undefined,
  { source, feed, currency }: Pick<SeriesSaid, 'source' | 'feed' | 'currency'>,
): SeriesFault | null {
  if (!begun) return null
  if (source !== begun.source || feed !== begun.feed)
    return {
      reason: 'other_feed',
      message: `the series was begun with ${begun.source} (${begun.feed}), this is ${source} (${feed})`,
    }
  if (currency !== begun.currency)
    return {
      reason: 'other_currency',
      message: `the series was begun in ${begun.currency}, this is in ${currency}`,
    }
  return null
}

/** Looking at this much of the end of a range is enough to see that something should be there. */
const LOOKED_AT_US = 10 * DAY_US
/** A symbol may well not trade for less than this. */
const QUIET_US = HOUR_US

/** Did the venue trade in the range long enough for an empty answer to be odd? */
export function expectsBars(ref: SymbolRef, { timeframe, from, to }: SeriesRange, now: Micros): boolean {
  const end = Math.min(to, now)
  if (end <= from) return false
  const start = Math.max(from, end - LOOKED_AT_US)
  const dateOf = (ts: Micros, days: number) => addDays(dateInZone(ts, 'UTC'), days)
  const sessions = sessionsBetween(venueOf(ref.assetClass), dateOf(start, -1), dateOf(end, 1))
  if (!isIntraday(timeframe)) {
    return sessions.some(
      ({ date, open }) => midnightOf(date) >= from && midnightOf(date) < to && open + QUIET_US <= now,
    )
  }
  const openUs = sessions.reduce(
    (sum, { open, close }) => sum + Math.max(0, Math.min(close, end) - Math.max(open, start)),
    0,
  )
  return openUs >= QUIET_US
}
