// One session minute by minute, filling its frame: the first regular trade is the frame's open, one minute touches
// its high, one its low, the last prints its close, and the volumes add up to the frame's. Bars, snapshots and
// trades are all read from here, so they cannot disagree.
import { MINUTE_US, type Micros, type Session } from '@onetape/market'
import { type DayFrame, dayFrame } from './day-frame.ts'
import { mix } from './hash.ts'
import type { Listing } from './listing.ts'
import { highOf, lowOf, type Minute, minuteOf, type Trade, tradeOf, tradesUntil } from './minute.ts'
import { buildStretch, type Stretch } from './stretch.ts'

/** Part of a session so far, in steps and lots; null before its first trade. */
export interface Ohlcv {
  open: number
  high: number
  low: number
  close: number
  volume: number
}

export type Part = 'pre' | 'regular' | 'post'
const PARTS: readonly Part[] = ['pre', 'regular', 'post']

export class DayPath {
  readonly listing: Listing
  readonly session: Session
  readonly frame: DayFrame
  readonly #key: number
  readonly #stretches: Partial<Record<Part, Stretch>> = {}
  /** Extremes of the regular minutes before `through`, kept because time mostly moves forward. */
  #seen = { through: 0, high: 0, low: 0 }

  constructor(listing: Listing, session: Session) {
    this.listing = listing
    this.session = session
    this.frame = dayFrame(listing, session)
    this.#key = mix(mix(listing.key, 0x5bd1e995), Math.floor(session.open / 86_400_000_000))
  }

  /** The minutes of a part, built when first asked for. */
  stretch(part: Part): Stretch {
    let stretch = this.#stretches[part]
    if (!stretch) {
      stretch = buildStretch(this.listing, this.frame, part, mix(this.#key, PARTS.indexOf(part)))
      this.#stretches[part] = stretch
    }
    return stretch
  }

  /** The regular session so far at `t`: open, high, low, close of its trades, and their volume. */
  regularAt(t: Micros): Ohlcv | null {
    const { session, frame } = this
    if (t >= session.close) return frame
    if (t < session.open) return null
    const stretch = this.stretch('regular')
    const at = minuteIndex(stretch, t)
    const now = this.#partial(stretch, at, t)
    const done = this.#extremesBefore(stretch, at)
    const volume = stretch.cumulative[at]! + (now?.volume ?? 0)
    if (volume === 0) return null
    return {
      open: frame.open,
      high: Math.max(done.high, now?.high ?? 0),
      low: Math.min(done.low, now?.low ?? Number.POSITIVE_INFINITY),
      close: now?.close ?? this.#lastIn(stretch, at - 1)!.price,
      volume,
    }
  }

  /** Volume of pre-market, regular session and post-market so far. */
  volumeAt(t: Micros): number {
    const { session, frame } = this
    if (t >= session.postClose) return frame.preVolume + frame.volume + frame.postVolume
    let volume = 0
    for (const part of PARTS) {
      const stretch = this.#begun(part, t)
      if (!stretch) continue
      const at = minuteIndex(stretch, t)
      volume += stretch.cumulative[at]!
      if (at < stretch.minutes) volume += this.#partial(stretch, at, t)?.volume ?? 0
    }
    return volume
  }

  /** The last trade not later than `t`, in `parts` only; null when there was none yet. */
  lastTradeAt(t: Micros, parts: readonly Part[] = PARTS): Trade | null {
    for (let i = parts.length - 1; i >= 0; i--) {
      const stretch = this.#begun(parts[i]!, t)
      if (!stretch) continue
      const trade = this.#lastTradeIn(stretch, t)
      if (trade) return trade
    }
    return null
  }

  /** The minute that the last trade at `t` lies in, as it stood at `t`. */
  lastMinuteAt(t: Micros): Minute | null {
    for (let i = PARTS.length - 1; i >= 0; i--) {
      const stretch = this.#begun(PARTS[i]!, t)
      if (!stretch) continue
      for (let at = Math.min(minuteIndex(stretch, t), stretch.minutes - 1); at >= 0; at--) {
        const minute = this.#partial(stretch, at, t)
        if (minute) return minute
      }
    }
    return null
  }

  /** Minutes with trades that start in `from <= start < to`, as they stood at `now`, oldest first. */
  minutes(from: Micros, to: Micros, now: Micros): Minute[] {
    const found: Minute[] = []
    for (const part of PARTS) {
      if (from >= partEnd(this.session, part) || to <= partStart(this.session, part)) continue
      const stretch = this.#begun(part, now)
      if (!stretch) continue
      const first = Math.max(0, Math.ceil((from - stretch.start) / MINUTE_US))
      const last = Math.min(stretch.minutes, Math.ceil((Math.min(to, now + 1) - stretch.start) / MINUTE_US))
      for (let at = first; at < last; at++) {
        const minute = this.#partial(stretch, at, now)
        if (minute) found.push(minute)
      }
    }
    return found
  }

  /** Trades with `from <= ts < to` and not later than `now`, oldest first. */
  trades(from: Micros, to: Micros, now: Micros): Trade[] {
    const found: Trade[] = []
    const end = Math.min(to, now + 1)
    for (const part of PARTS) {
      if (from >= partEnd(this.session, part) || end <= partStart(this.session, part)) continue
      const stretch = this.#begun(part, now)
      if (!stretch) continue
      const first = Math.max(0, Math.floor((from - stretch.start) / MINUTE_US))
      const last = Math.min(stretch.minutes, Math.ceil((end - stretch.start) / MINUTE_US))
      for (let at = first; at < last; at++) {
        const minute = minuteOf(stretch, at)
        for (let n = 0; n < (minute?.trades ?? 0); n++) {
          const trade = tradeOf(stretch, minute!, n)
          if (trade.ts >= end) break
          if (trade.ts >= from) found.push(trade)
        }
      }
    }
    return found
  }

  /** The newest trades not later than `t`, newest first. */
  tradesBefore(t: Micros, limit: number): Trade[] {
    const found: Trade[] = []
    for (let i = PARTS.length - 1; i >= 0 && found.length < limit; i--) {
      const stretch = this.#begun(PARTS[i]!, t)
      if (!stretch) continue
      for (
        let at = Math.min(minuteIndex(stretch, t), stretch.minutes - 1);
        at >= 0 && found.length < limit;
        at--
      ) {
        const whole = minuteOf(stretch, at)
        const count = (whole && tradesUntil(stretch, whole, t))?.trades ?? 0
        for (let n = count - 1; n >= 0 && found.length < limit; n--) found.push(tradeOf(stretch, whole!, n))
      }
    }
    return found
  }

  /** The minutes of a part that has begun at `t` and in which anything trades at all. */
  #begun(part: Part, t: Micros): Stretch | null {
    const { frame, session } = this
    const volume = part === 'pre' ? frame.preVolume : part === 'regular' ? frame.volume : frame.postVolume
    return volume > 0 && t >= partStart(session, part) ? this.stretch(part) : null
  }

  #partial(stretch: Stretch, at: number, t: Micros): Minute | null {
    const minute = minuteOf(stretch, at)
    return minute && tradesUntil(stretch, minute, t)
  }

  #lastTradeIn(stretch: Stretch, t: Micros): Trade | null {
    const at = minuteIndex(stretch, t)
    if (at < stretch.minutes) {
      const now = this.#partial(stretch, at, t)
      if (now) return tradeOf(stretch, minuteOf(stretch, at)!, now.trades - 1)
    }
    return this.#lastIn(stretch, at - 1)
  }

  /** Last trade of the newest whole minute with trades, at or before index `at`. */
  #lastIn(stretch: Stretch, at: number): Trade | null {
    let i = Math.min(at, stretch.minutes - 1)
    while (i >= 0 && stretch.cumulative[i + 1] === stretch.cumulative[i]) i--
    if (i < 0) return null
    const minute = minuteOf(stretch, i)!
    return tradeOf(stretch, minute, minute.trades - 1)
  }

  #extremesBefore(stretch: Stretch, at: number): { high: number; low: number } {
    if (at < this.#seen.through || this.#seen.through === 0)
      this.#seen = { through: 0, high: 0, low: Number.POSITIVE_INFINITY }
    const seen = this.#seen
    for (let i = seen.through; i < at; i++) {
      if (stretch.cumulative[i + 1] === stretch.cumulative[i]) continue
      const high = highOf(stretch, i)
      const low = lowOf(stretch, i)
      if (high > seen.high) seen.high = high
      if (low < seen.low) seen.low = low
    }
    seen.through = at
    return seen
  }
}

const partStart = (s: Session, part: Part): Micros =>
  part === 'pre' ? s.preOpen : part === 'regular' ? s.open : s.close
const partEnd = (s: Session, part: Part): Micros =>
  part === 'pre' ? s.open : part === 'regular' ? s.close : s.postClose

/** Index of the minute that holds `t`; the number of minutes when `t` lies after the stretch. */
const minuteIndex = (stretch: Stretch, t: Micros): number =>
  Math.min(stretch.minutes, Math.floor((t - stretch.start) / MINUTE_US))
