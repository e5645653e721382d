// The time that one routing has, and how it is shared out: an early source may not eat what a later one needs.
import type { Clock, Micros } from '@onetape/market'

/** What is kept free for each source that may still be asked. */
const ROOM_MS = 2_000
/** Less than this is no attempt. */
export const ATTEMPT_MS_MIN = 50

export class Deadline {
  readonly startedAt: Micros
  readonly #endsAt: Micros
  readonly #clock: Clock

  constructor(clock: Clock, totalMs: number) {
    this.#clock = clock
    this.startedAt = clock.now()
    this.#endsAt = this.startedAt + totalMs * 1000
  }

  get leftMs(): number {
    return (this.#endsAt - this.#clock.now()) / 1000
  }

  get tookMs(): number {
    return (this.#clock.now() - this.startedAt) / 1000
  }

  /** @param later sources that may be asked after this one; `keepMs` stays for what comes last. */
  shareMs(later: number, keepMs: number): number {
    const leftMs = this.leftMs - Math.min(keepMs, this.leftMs / 4)
    return Math.max(leftMs / (later + 1), leftMs - later * ROOM_MS)
  }
}
