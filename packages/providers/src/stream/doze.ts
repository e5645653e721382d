// Waiting that can be cut short: for a time to pass, or for somebody to say that there is work.
import type { Timers } from './timers.ts'

export class Doze {
  readonly #timers: Timers
  #wake: (() => void) | null = null

  constructor(timers: Timers) {
    this.#timers = timers
  }

  /** Until `wake`, or until `ms` have passed where they are given. A wake that `isEnough` denies is slept over. */
  async until(o: { ms?: number; isEnough: () => boolean }): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = o.ms === undefined ? null : this.#timers.set(resolve, o.ms)
    this.#wake = () => {
      if (o.isEnough()) resolve()
    }
    this.#wake()
    await promise
    if (timer !== null) this.#timers.clear(timer)
    this.#wake = null
  }

  wake(): void {
    this.#wake?.()
  }
}
