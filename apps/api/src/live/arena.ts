// Bytes to write events into, one after the other, used again as long as no socket keeps any of them.
import { PIECE_MIN_BYTES } from './delta-event.ts'

/** A reader that is slow to take a piece keeps all of its arena in memory. */
const ARENA_BYTES = 4 * PIECE_MIN_BYTES

export class Arena {
  #bytes: Uint8Array | null = null
  #at = 0

  /** Bytes of that many, different from all that were taken before `giveBack`. */
  take(length: number): Uint8Array {
    if (length > ARENA_BYTES) return Buffer.allocUnsafeSlow(length)
    if (!this.#bytes || this.#at + length > ARENA_BYTES) {
      this.#bytes = Buffer.allocUnsafeSlow(ARENA_BYTES)
      this.#at = 0
    }
    const start = this.#at
    this.#at += length
    return this.#bytes.subarray(start, this.#at)
  }

  get isHalfFull(): boolean {
    return this.#at > ARENA_BYTES / 2
  }

  /** All that was taken is done with, or some of it is still `held` by a socket. */
  giveBack(held: boolean): void {
    this.#at = 0
    if (held) this.#bytes = null
  }
}
