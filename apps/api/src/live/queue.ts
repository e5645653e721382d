// What one subscriber has not read yet. It cannot grow past one row per instrument: a newer row replaces the one
// that waits, so a slow reader misses steps in between and never the last value.

export interface QueuedRow {
  instrumentId: number
}

export interface Unread<Row> {
  /** Ledger id that the reader is level with once it has these rows. */
  cursor: number
  rows: Row[]
}

export class DeltaQueue<Row extends QueuedRow> {
  readonly #rows = new Map<number, Row>()
  #cursor = 0
  #unreadSinceMs: number | null = null
  #closed: Error | null = null
  #wake: (() => void) | null = null

  push(rows: readonly Row[], cursor: number, nowMs: number): void {
    if (this.#closed || rows.length === 0) return
    for (const row of rows) this.#rows.set(row.instrumentId, row)
    this.#cursor = cursor
    this.#unreadSinceMs ??= nowMs
    this.#wake?.()
  }

  /** All that waits, or the next to come; null once `signal` is aborted. Throws what `close` was given. */
  async take(signal: AbortSignal): Promise<Unread<Row> | null> {
    while (this.#rows.size === 0 && !this.#closed && !signal.aborted) await this.#next(signal)
    if (signal.aborted) return null
    if (this.#closed) throw this.#closed
    const unread = { cursor: this.#cursor, rows: [...this.#rows.values()] }
    this.#rows.clear()
    this.#unreadSinceMs = null
    return unread
  }

  /** How long the oldest unread row has waited. */
  unreadForMs(nowMs: number): number {
    return this.#unreadSinceMs === null ? 0 : nowMs - this.#unreadSinceMs
  }

  get size(): number {
    return this.#rows.size
  }

  close(reason: Error): void {
    this.#closed ??= reason
    this.#rows.clear()
    this.#wake?.()
  }

  async #next(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#wake = resolve
    const onAbort = () => resolve()
    signal.addEventListener('abort', onAbort, { once: true })
    await promise
    signal.removeEventListener('abort', onAbort)
    this.#wake = null
  }
}
