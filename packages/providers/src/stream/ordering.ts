// Which events of an instrument are news: none comes twice, no quote goes back in time, none is from the future.
import { type Bar, MINUTE_US, type Micros, type Quote } from '@onetape/market'
import { refKey } from './conflating-queue.ts'

export type Verdict = 'news' | 'duplicate' | 'out_of_order' | 'from_the_future'

export interface Ordering {
  quote(quote: Quote, marketNow: Micros): Verdict
  bar(bar: Bar, marketNow: Micros): Verdict
  /** Instruments that are streamed no more need not be remembered. */
  forget(keys: ReadonlySet<string>): void
}

/** A vendor's clock may be ahead of ours; an event beyond this would keep everything after it out. */
const FUTURE_MAX_US = 2 * MINUTE_US
/** Events of one instant that are told apart; vendors stamp milliseconds. */
const SAME_INSTANT_MAX = 256
/** Bars that may still be corrected or come late. */
const BARS_MAX = 5

interface Seen {
  ts: Micros
  prints: Set<string>
}

export function createOrdering(): Ordering {
  const quotes = new Map<string, Seen>()
  const bars = new Map<string, Map<Micros, string>>()
  return {
    quote(quote, marketNow) {
      if (quote.ts > marketNow + FUTURE_MAX_US) return 'from_the_future'
      const key = refKey(quote)
      const seen = quotes.get(key)
      if (seen && quote.ts < seen.ts) return 'out_of_order'
      const print = printOf(quote)
      if (!seen || quote.ts > seen.ts) {
        quotes.set(key, { ts: quote.ts, prints: new Set([print]) })
        return 'news'
      }
      if (seen.prints.has(print)) return 'duplicate'
      if (seen.prints.size < SAME_INSTANT_MAX) seen.prints.add(print)
      return 'news'
    },
    bar(bar, marketNow) {
      if (bar.ts > marketNow + FUTURE_MAX_US) return 'from_the_future'
      const key = `${refKey(bar)} ${bar.timeframe}`
      const known = bars.get(key) ?? new Map<Micros, string>()
      bars.set(key, known)
      const print = [bar.open, bar.high, bar.low, bar.close, bar.volume, bar.final].join(' ')
      if (known.get(bar.ts) === print) return 'duplicate'
      if (!known.has(bar.ts) && known.size >= BARS_MAX) {
        const oldest = Math.min(...known.keys())
        if (bar.ts < oldest) return 'out_of_order'
        known.delete(oldest)
      }
      known.set(bar.ts, print)
      return 'news'
    },
    forget(keys) {
      for (const key of keys) {
        quotes.delete(key)
        bars.delete(`${key} 1m`)
      }
    },
  }
}

const printOf = (q: Quote): string => [q.last, q.bid, q.ask, q.bidSize, q.askSize, q.volume, q.feed].join(' ')
