// Real time as the simulated vendors count it (quotas, faults that last, heartbeats), and timers that end with them.

export interface WallTime {
  /** Milliseconds since 1970; never goes back. */
  nowMs(): number
  /** Calls back again and again until stopped or until the simulator closes. */
  every(ms: number, callback: () => void): () => void
  after(ms: number, callback: () => void): () => void
  /** Aborted when the simulator closes. */
  closed: AbortSignal
}

export class Timers implements WallTime {
  readonly nowMs: () => number
  #aheadMs = 0
  readonly #closing = new AbortController()
  readonly #stops = new Set<() => void>()

  constructor(nowMs: () => number = () => performance.timeOrigin + performance.now()) {
    this.nowMs = () => nowMs() + this.#aheadMs
  }

  /** Sets the clock ahead: what expires or counts by it is that much older at once. Timers under way stay as they are. */
  forward(ms: number): void {
    this.#aheadMs += Math.max(0, ms)
  }

  get closed(): AbortSignal {
    return this.#closing.signal
  }

  every(ms: number, callback: () => void): () => void {
    const timer = setInterval(callback, ms)
    return this.#stopper(() => clearInterval(timer))
  }

  after(ms: number, callback: () => void): () => void {
    const timer = setTimeout(() => {
      stop()
      callback()
    }, ms)
    const stop = this.#stopper(() => clearTimeout(timer))
    return stop
  }

  close(): void {
    this.#closing.abort()
    for (const stop of [...this.#stops]) stop()
  }

  #stopper(clear: () => void): () => void {
    const stop = () => {
      clear()
      this.#stops.delete(stop)
    }
    if (this.closed.aborted) clear()
    else this.#stops.add(stop)
    return stop
  }
}
