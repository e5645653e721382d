// A chart's bars: pages of history put together, and the newest bar moved by live quotes.
import type { BarSeries, QuoteRow, SeriesBar } from '@onetape/api/router'
import type { Micros } from '@onetape/market'

/** One series out of several lists, oldest first. Where two hold the same bar, the later list is right. */
export function mergeBars(...lists: readonly SeriesBar[][]): SeriesBar[] {
  const byTs = new Map<Micros, SeriesBar>()
  for (const list of lists) for (const bar of list) byTs.set(bar.ts, bar)
  return [...byTs.values()].sort((a, b) => a.ts - b.ts)
}

type LiveQuote = Pick<QuoteRow, 'ts' | 'last' | 'volume' | 'sessionDate' | 'dayOpen' | 'dayHigh' | 'dayLow'>

/** How long the bars of a series are, as the tape says it. */
export type Resolution = BarSeries['resolution']

/** Months in a bar that is counted in them. */
const MONTHS: Readonly<Record<string, number>> = { '1mo': 1, '3mo': 3, '1y': 12, '10y': 120 }

/** Stamp of the bar that a quote belongs to. A week starts on Monday. */
export function bucketOf(
  quote: Pick<LiveQuote, 'ts' | 'sessionDate'>,
  { name, lengthUs }: Resolution,
): Micros {
  if (lengthUs !== null) return quote.ts - (quote.ts % lengthUs)
  const day = new Date(`${quote.sessionDate}T00:00:00Z`)
  if (name === '1w') day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7))
  const months = MONTHS[name]
  if (months !== undefined) {
    const since = day.getUTCFullYear() * 12 + day.getUTCMonth()
    const start = since - (since % months)
    day.setUTCFullYear(Math.floor(start / 12), start % 12, 1)
  }
  return day.getTime() * 1_000
}

/** A quote may move a series only if it is of the same source and feed: they are never spliced. */
export const belongsTo = (
  quote: Pick<QuoteRow, 'source' | 'feed'>,
  series: { source: string | null; feed: string | null },
): boolean => quote.source === series.source && (series.feed === null || quote.feed === series.feed)

/**
 * The newest bar of one series. `reset` takes what the tape holds; `take` moves it on and answers the bar to draw,
 * or null when the quote changes nothing (older than the bar, no price).
 */
export class LastBar {
  #bar: SeriesBar | null = null
  /** The session's volume when it was last heard: what came since belongs to the bar. */
  #heardVolume: number | null = null
  readonly #resolution: Resolution

  constructor(resolution: Resolution) {
    this.#resolution = resolution
  }

  reset(bar: SeriesBar | null): void {
    this.#bar = bar
  }

  take(quote: LiveQuote): SeriesBar | null {
    if (this.#bar === null || quote.last === null) return null
    const ts = bucketOf(quote, this.#resolution)
    if (ts < this.#bar.ts) return null
    const was = ts === this.#bar.ts ? this.#bar : null
    const bar =
      this.#resolution.lengthUs !== null
        ? this.#intraday(ts, was, quote, quote.last)
        : this.#resolution.name === '1d'
          ? ofDay(ts, was, quote, quote.last)
          : ofLonger(ts, was, quote, quote.last)
    this.#bar = bar
    return bar
  }

  #intraday(ts: Micros, was: SeriesBar | null, quote: LiveQuote, last: number): SeriesBar {
    const traded = this.#tradedSince(quote.volume)
    return {
      ts,
      open: was?.open ?? last,
      high: Math.max(was?.high ?? last, last),
      low: Math.min(was?.low ?? last, last),
      close: last,
      volume: was && was.volume === null ? null : (was?.volume ?? 0) + traded,
      final: false,
    }
  }

  #tradedSince(volume: number | null): number {
    if (volume === null) return 0
    const before = this.#heardVolume
    this.#heardVolume = volume
    // A smaller one is a new session's.
    return before === null ? 0 : volume >= before ? volume - before : volume
  }
}

/** Today's bar as the quote tells it. */
const ofDay = (ts: Micros, was: SeriesBar | null, quote: LiveQuote, last: number): SeriesBar => ({
  ts,
  open: quote.dayOpen ?? was?.open ?? last,
  high: Math.max(quote.dayHigh ?? was?.high ?? last, last),
  low: Math.min(quote.dayLow ?? was?.low ?? last, last),
  close: last,
  volume: quote.volume ?? was?.volume ?? null,
  final: false,
})

/** A week's or month's: what it has held so far, stretched by today. How much of its volume is today's is unknown. */
const ofLonger = (ts: Micros, was: SeriesBar | null, quote: LiveQuote, last: number): SeriesBar => {
  const today = ofDay(ts, null, quote, last)
  if (!was) return today
  return {
    ...was,
    high: Math.max(was.high, today.high),
    low: Math.min(was.low, today.low),
    close: last,
    final: false,
  }
}
