import type { Bar, Ohlcv } from './bar.ts'
import type { Quote } from './quote.ts'

/** Quote, minute bar and day so far of one instrument: what one bulk call gives. */
export interface Snapshot {
  quote: Quote
  /** The vendor's newest minute bar, or null. */
  minuteBar: Bar | null
  /** The session so far; null before its first trade. */
  day: Ohlcv | null
  /** Trading date that `day` belongs to, `YYYY-MM-DD`. */
  sessionDate: string
  previousClose: number | null
}
