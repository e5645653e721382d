// JSON of many quotes in one buffer: their pieces side by side, each with what the clock decides at its end in a fixed
// width. So an answer that was written once is brought up to date in place, by the few digits that moved.
import type { Micros } from '@onetape/market'
import { AGE_DIGITS, CLOCK_BYTES, type Piece, STALE, STAMP_DIGITS } from './tape-pieces.ts'

const [ZERO, BLANK] = [48, 32]

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
    this.#tick(into, now, null)
  }

  /** What the clock has moved on since `before`, when this buffer was written or brought up to date. */
  update(into: Buffer, now: Micros, before: Micros): void {
    // A clock that was set back may need fewer digits than stand there.
    if (now < before) this.write(into, now)
    else this.#tick(into, now, before)
  }

  #tick(into: Buffer, now: Micros, before: Micros | null): void {
    const stamp = stampOf(now)
    const moved = before === null ? 0 : firstMoved(stamp, stampOf(before))
    const was = before ?? Number.NEGATIVE_INFINITY
    const [starts, events, staleFrom] = [this.#at, this.#ts, this.#staleFrom]
    for (let n = 0; n < starts.length; n++) {
      const at = starts[n]!
      writeAge(into, at, Math.max(0, Math.round((now - events[n]!) / 1000)))
      if (now > staleFrom[n]! && was <= staleFrom[n]!) into.set(STALE, at + AGE_DIGITS)
      const stampAt = at + AGE_DIGITS + STALE.length
      for (let i = moved; i < STAMP_DIGITS; i++) into[stampAt + i] = stamp[i]!
    }
  }
}

const stampOf = (now: Micros): Buffer => Buffer.from(String(now).padStart(STAMP_DIGITS))

function firstMoved(now: Buffer, before: Buffer): number {
  let i = 0
  while (i < STAMP_DIGITS && now[i] === before[i]) i++
  return i
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
