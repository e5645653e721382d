import type { Clock, Micros } from '@onetape/market'

/** Wall time in microseconds; the API's only look at the real clock. */
export const wallClock: Clock = { now: () => Date.now() * 1000 }

/** Wall time plus the shift that the database keeps. In live the shift is zero. */
export class MarketClock implements Clock {
  readonly #wall: Clock
  #shiftUs = 0

  constructor(wall: Clock) {
    this.#wall = wall
  }

  now(): Micros {
    return this.#wall.now() + this.#shiftUs
  }

  get shiftUs(): number {
    return this.#shiftUs
  }

  /** What a database says. Another database may say less. */
  set(shiftUs: number): void {
    this.#shiftUs = shiftUs
  }

  /** What a NOTIFY says. Within one database the shift only grows, so a late message changes nothing. */
  announce(payload: string): void {
    const shiftUs = Number(payload)
    if (payload !== '' && Number.isSafeInteger(shiftUs) && shiftUs > this.#shiftUs) this.#shiftUs = shiftUs
  }
}
