// JSON of many quotes in one buffer: their pieces side by side, each with what the clock decides at its end in a fixed
// width. So an answer that was written once is brought up to date in place, by the few digits that moved.
import type { Micros } from '@onetape/market'
import { AGE_DIGITS, CLOCK_BYTES, type Piece, STALE, STAMP_DIGITS } from './tape-pieces.ts'

const [ZERO, BLANK] = [48, 32]
/** More is written anew. */
const STEP_MAX_MS = 1_000_000

export class TapeText {
  readonly bytes: number
  readonly pieces: readonly Piece[]
  readonly #opening: Buffer
  readonly #closing: Buffer
  /**
   * Where the clock's part of each quote begins, its event, and from when on it is stale: side by side, because an
   * update that had to visit every piece would wait for memory most of the time.
   */
  readonly #at: number[] = []
  readonly #ts: number[] = []
  readonly #staleFrom: number[] = []

  constructor(o: { cursor: string; pieces: readonly Piece[]; unknown: readonly string[] }) {
    this.pieces = o.pieces
    this.#opening = Buffer.from(`{"cursor":${JSON.stringify(o.cursor)},"quotes":[`)
    this.#closing = Buffer.from(`],"unknown":${JSON.stringify(o.unknown)}}`)
    let at = this.#opening.length
    for (const { bytes, ts, staleAfterUs } of o.pieces) {
      at += bytes.length
      this.#at.push(at - CLOCK_BYTES)
      this.#ts.push(ts)
      this.#staleFrom.push(staleAfterUs === null ? Number.POSITIVE_INFINITY : ts + staleAfterUs)
    }
    this.bytes = at + this.#closing.length
  }

  /** All of it. */
  write(into: Buffer, now: Micros): void {
    into.set(this.#opening, 0)
    let at = this.#opening.length
    for (const { bytes } of this.pieces) {
      into.set(bytes, at)
      at += bytes.length
    }
    // The first quote has nothing before it to be parted from.
    if (this.pieces.length > 0) into[this.#opening.length] = BLANK
    into.set(this.#closing, at)
    this.#tick(into, now)
  }

  /** What the clock has moved on since `before`, when this buffer was written or brought up to date. */
  update(into: Buffer, now: Micros, before: Micros): void {
    const stepMs = (now - before) / 1000
    // A clock that was set back may need fewer digits than stand there.
    if (stepMs < 0 || stepMs > STEP_MAX_MS || !Number.isInteger(stepMs)) this.write(into, now)
    else if (stepMs > 0) this.#move(into, now, stepMs)
  }

  /** Mostly one digit of an age and two of the stamp are others. */
  #move(into: Buffer, now: Micros, stepMs: number): void {
    const before = now - stepMs * 1000
    const stamp = stampOf(now)
    const [from, to] = spanMoved(stamp, String(before).padStart(STAMP_DIGITS))
    const [starts, events, staleFrom] = [this.#at, this.#ts, this.#staleFrom]
    for (let n = 0; n < starts.length; n++) {
      const at = starts[n]!
      // An event that is ahead of the clock has no age yet.
      if (events[n]! <= before) addTo(into, at + AGE_DIGITS - 1, stepMs)
      else writeAge(into, at, ageMs(now, events[n]!))
      if (now > staleFrom[n]! && before <= staleFrom[n]!) into.set(STALE, at + AGE_DIGITS)
      const stampAt = at + AGE_DIGITS + STALE.length
      for (let i = from; i < to; i++) into[stampAt + i] = stamp[i]!
    }
  }

  #tick(into: Buffer, now: Micros): void {
    const stamp = stampOf(now)
    const [starts, events, staleFrom] = [this.#at, this.#ts, this.#staleFrom]
    for (let n = 0; n < starts.length; n++) {
      const at = starts[n]!
      writeAge(into, at, ageMs(now, events[n]!))
      if (now > staleFrom[n]!) into.set(STALE, at + AGE_DIGITS)
      into.set(stamp, at + AGE_DIGITS + STALE.length)
    }
  }
}

let last = { now: Number.NaN, stamp: Buffer.alloc(0) }

/** Many answers are given within a millisecond. */
function stampOf(now: Micros): Buffer {
  if (last.now !== now) last = { now, stamp: Buffer.from(String(now).padStart(STAMP_DIGITS)) }
  return last.stamp
}

const ageMs = (now: Micros, ts: Micros): number => Math.max(0, Math.round((now - ts) / 1000))

/** The digits that differ: from, to (without). */
function spanMoved(now: Buffer, before: string): [number, number] {
  let [from, to] = [0, STAMP_DIGITS]
  while (from < to && now[from] === before.charCodeAt(from)) from++
  while (to > from && now[to - 1] === before.charCodeAt(to - 1)) to--
  return [from, to]
}

/** To the number whose last digit is at `last`; blanks stand before it. */
function addTo(into: Buffer, last: number, n: number): void {
  let carry = n
  for (let i = last; carry > 0; i--) {
    const digit = into[i]!
    const sum = carry + (digit === BLANK ? 0 : digit - ZERO)
    carry = (sum / 10) | 0
    into[i] = ZERO + sum - carry * 10
  }
}

/** From the last digit to the first; what stands before it is blank. */
function writeAge(into: Buffer, at: number, ageMs: number): void {
  let i = at + AGE_DIGITS - 1
  let left = ageMs
  while (left > 2_147_483_647) {
    const rest = Math.floor(left / 10)
    into[i--] = ZERO + (left - rest * 10)
    left = rest
  }
  let small = left | 0
  do {
    const rest = (small / 10) | 0
    into[i--] = ZERO + (small - rest * 10)
    small = rest
  } while (small > 0)
}
