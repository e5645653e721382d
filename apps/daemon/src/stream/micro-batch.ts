// What a stream brought since the tape was last written: the newest price of each instrument, and minute bars. Bounded:
// prices by the number of instruments, bars by a cap beyond which they are dropped and counted (the minutes' own job
// asks for them again).
import type { Instrument } from '@onetape/db'
import type { Bar, Quote } from '@onetape/market'
import type { KeptAttempt } from '../ingest/attempt-trail.ts'

export interface Taken {
  quotes: Map<number, { instrument: Instrument; quote: Quote }>
  bars: Map<string, { instrument: Instrument; bar: Bar }>
  /** Requests that healed seams: what is here beside what was streamed. */
  healing: readonly KeptAttempt[]
}

export interface MicroBatch {
  quote(instrument: Instrument, quote: Quote): void
  bar(instrument: Instrument, bar: Bar): void
  /** Rows of a healed seam have just been added. */
  healed(attempts: readonly KeptAttempt[]): void
  /** All that waits; null when nothing does. */
  take(): Taken | null
  /** What could not be written; what is newer meanwhile wins. */
  giveBack(taken: Taken): void
  /** Prices passed over for a newer one, bars dropped at the cap. */
  counts(): { conflated: number; dropped: number }
}

const BARS_MAX = 20_000
/** Of many seams healed at once, as many as a receipt has use for. */
const HEALING_MAX = 3

export function createMicroBatch(barsMax = BARS_MAX): MicroBatch {
  let quotes: Taken['quotes'] = new Map()
  let bars: Taken['bars'] = new Map()
  let healing: readonly KeptAttempt[] = []
  let conflated = 0
  let dropped = 0
  const keepBar = (key: string, entry: { instrument: Instrument; bar: Bar }) => {
    if (bars.size >= barsMax && !bars.has(key)) dropped += 1
    else bars.set(key, entry)
  }
  return {
    quote(instrument, quote) {
      const waiting = quotes.get(instrument.id)
      if (waiting) conflated += 1
      // A bid or ask alone must not hide the trade before it.
      const last = quote.last ?? waiting?.quote.last ?? null
      const volume = quote.volume ?? waiting?.quote.volume ?? null
      quotes.set(instrument.id, { instrument, quote: { ...quote, last, volume } })
    },
    bar: (instrument, bar) => keepBar(`${instrument.id} ${bar.timeframe} ${bar.ts}`, { instrument, bar }),
    healed: (attempts) => {
      healing = [...healing, ...attempts].slice(-HEALING_MAX)
    },
    take() {
      if (quotes.size === 0 && bars.size === 0) return null
      const taken = { quotes, bars, healing }
      quotes = new Map()
      bars = new Map()
      healing = []
      return taken
    },
    giveBack(taken) {
      healing = [...taken.healing, ...healing].slice(-HEALING_MAX)
      for (const [id, entry] of taken.quotes) {
        if (quotes.has(id)) conflated += 1
        else quotes.set(id, entry)
      }
      for (const [key, entry] of taken.bars) if (!bars.has(key)) keepBar(key, entry)
    },
    counts: () => ({ conflated, dropped }),
  }
}
