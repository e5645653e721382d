// Frames between a socket that pushes and a reader that pulls: in order, bounded by stopping the socket.

export interface FrameQueueOptions {
  /** Frames waiting at which the source is told to pause; it goes on when half of them are read. */
  waitingMax: number
  pause(): void
  resume(): void
}

/** `end` lets the reader have what waits; `fail` too, and then throws; neither takes effect twice. */
export class FrameQueue<T> {
  #waiting: T[] = []
  #read = 0
  #isPaused = false
  #outcome: { error: Error | null } | null = null
  #wake: (() => void) | null = null
  readonly #o: FrameQueueOptions

  constructor(o: FrameQueueOptions) {
    this.#o = o
  }

  push(frame: T): void {
    if (this.#outcome) return
    this.#waiting.push(frame)
    if (!this.#isPaused && this.#waiting.length - this.#read >= this.#o.waitingMax) {
      this.#isPaused = true
      this.#o.pause()
    }
    this.#wake?.()
  }

  end(): void {
    this.#outcome ??= { error: null }
    this.#wake?.()
  }

  fail(error: Error): void {
    this.#outcome ??= { error }
    this.#wake?.()
  }

  /** @param onStop called when the reader stops early. */
  async *read(onStop: () => void): AsyncGenerator<T, void> {
    let isDone = false
    try {
      for (;;) {
        if (this.#read < this.#waiting.length) yield this.#take()
        else if (this.#outcome?.error) throw this.#outcome.error
        else if (this.#outcome) break
        else await this.#pushed()
      }
      isDone = true
    } finally {
      if (!isDone) onStop()
    }
  }

  #take(): T {
    const frame = this.#waiting[this.#read++]!
    if (this.#read > 256 && this.#read * 2 > this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#read)
      this.#read = 0
    }
    if (this.#isPaused && this.#waiting.length - this.#read <= this.#o.waitingMax / 2) {
      this.#isPaused = false
      if (!this.#outcome) this.#o.resume()
    }
    return frame
  }

  async #pushed(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#wake = resolve
    await promise
    this.#wake = null
  }
}
