// JSON of many quotes in one buffer: their pieces side by side, and behind each, in a fixed width, what the clock
// decides. So an answer that was written once is brought up to date in place.
import type { Micros } from '@onetape/market'
import type { Piece } from './tape-pieces.ts'

/** Room for the age in milliseconds; JSON lets blanks stand before a number. */
const AGE_DIGITS = 14
const STAMP_DIGITS = 17
const FRESH = Buffer.from(',"freshness":"tape" ,"answeredAt":')
const STALE = Buffer.from(',"freshness":"stale","answeredAt":')
const END = Buffer.from('}}')
const CLOCK_BYTES = AGE_DIGITS + FRESH.length + STAMP_DIGITS + END.length
const [ZERO, BLANK] = [48, 32]

export class TapeText {
  readonly bytes: number
  readonly #pieces: readonly Piece[]
  readonly #opening: Buffer
  readonly #closing: Buffer

  constructor(o: { cursor: string; pieces: readonly Piece[]; unknown: readonly string[] }) {
    this.#pieces = o.pieces
    this.#opening = Buffer.from(`{"cursor":${JSON.stringify(o.cursor)},"quotes":[`)
    this.#closing = Buffer.from(`],"unknown":${JSON.stringify(o.unknown)}}`)
    const pieces = o.pieces.reduce((sum, { head }) => sum + head.length + CLOCK_BYTES, 0)
    this.bytes = this.#opening.length + pieces + this.#closing.length
  }

  /** All of it. */
  write(into: Buffer, now: Micros): void {
    into.set(this.#opening, 0)
    let at = this.#opening.length
    for (const { head } of this.#pieces) {
      into.set(head, at)
      at += head.length + CLOCK_BYTES
      into.set(END, at - END.length)
    }
    // The first quote has nothing before it to be parted from.
    if (this.#pieces.length > 0) into[this.#opening.length] = BLANK
    into.set(this.#closing, at)
    this.update(into, now)
  }

  /** What the clock decides, in a buffer that it was written to before. */
  update(into: Buffer, now: Micros): void {
    const stamp = Buffer.from(String(now).padStart(STAMP_DIGITS))
    let at = this.#opening.length
    for (const { head, ts, staleAfterUs } of this.#pieces) {
      at += head.length
      writeNumber(into, at, Math.max(0, Math.round((now - ts) / 1000)))
      into.set(staleAfterUs !== null && now - ts > staleAfterUs ? STALE : FRESH, at + AGE_DIGITS)
      into.set(stamp, at + AGE_DIGITS + FRESH.length)
      at += CLOCK_BYTES
    }
  }
}

function writeNumber(into: Buffer, at: number, n: number): void {
  let left = n
  let i = at + AGE_DIGITS - 1
  do {
    const rest = Math.floor(left / 10)
    into[i--] = ZERO + (left - rest * 10)
    left = rest
  } while (left > 0)
  while (i >= at) into[i--] = BLANK
}
