/**
 * Events between the supervisor and a reader that may be slow. Bounded by construction:
 * - a quote that waits is replaced by a newer one of its instrument, in its place in the line, and counted: at most one
 *   quote of each instrument waits. A quote does not overtake `up`, `down`, `seam` or `mute`: when one of these came
 *   in between, the older quote is given up and the newer stands behind.
 * - everything else is kept, up to `keptMax`. At that bound `push` says false and the supervisor stops reading the
 *   vendor until the reader has taken half of it: the pressure goes to the socket. Nothing kept is ever dropped.
 */
import type { SymbolRef } from '@onetape/market'
import type { StreamEvent } from './contract.ts'

export const KEPT_MAX = 20_000

export const refKey = (ref: SymbolRef): string => `${ref.assetClass}:${ref.symbol}`

export class ConflatingQueue {
  /** Quotes passed over. */
  conflated = 0
  readonly #entries = new Map<number, StreamEvent>()
  #head = this.#entries.entries()
  readonly #quotes = new Map<string, { id: number; era: number }>()
  readonly #keptMax: number
  #nextId = 0
  #era = 0
  #kept = 0
  #outcome: { error: Error | null } | null = null
  #wakeReader: (() => void) | null = null
  #room: PromiseWithResolvers<void> | null = null

  constructor(keptMax = KEPT_MAX) {
    this.#keptMax = keptMax
  }

  get size(): number {
    return this.#entries.size
  }

  /** @returns whether there is room for more of what must be kept; else await `room()` before the next. */
  push(event: StreamEvent): boolean {
    if (this.#outcome) return true
    if (event.type === 'quote') this.#pushQuote(event)
    else {
      if (event.type !== 'bar') this.#era += 1
      this.#kept += 1
      this.#append(event)
    }
    this.#wakeReader?.()
    return this.#kept < this.#keptMax
  }

  /** Resolves when half of what must be kept has been read, or the queue has ended. */
  room(): Promise<void> {
    if (this.#outcome || this.#kept < this.#keptMax) return Promise.resolve()
    this.#room ??= Promise.withResolvers<void>()
    return this.#room.promise
  }

  /** The reader gets what waits, and then the end. */
  end(): void {
    this.#finish(null)
  }

  /** The reader gets what waits, and then the error. */
  fail(error: Error): void {
    this.#finish(error)
  }

  /** The reader is gone. */
  close(): void {
    this.#finish(null)
    this.#entries.clear()
    this.#quotes.clear()
    this.#kept = 0
  }

  /** The next event; null at the end. @throws what `fail` was told. */
  async next(): Promise<StreamEvent | null> {
    for (;;) {
      const event = this.#shift()
      if (event) return event
      if (this.#outcome?.error) throw this.#outcome.error
      if (this.#outcome) return null
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#wakeReader = resolve
      await promise
      this.#wakeReader = null
    }
  }

  #pushQuote(event: StreamEvent & { type: 'quote' }): void {
    const key = refKey(event.quote)
    const waiting = this.#quotes.get(key)
    if (waiting) this.conflated += 1
    if (waiting?.era === this.#era) return void this.#entries.set(waiting.id, event)
    if (waiting) this.#entries.delete(waiting.id)
    this.#quotes.set(key, { id: this.#nextId, era: this.#era })
    this.#append(event)
  }

  #append(event: StreamEvent): void {
    this.#entries.set(this.#nextId++, event)
  }

  #shift(): StreamEvent | null {
    let first = this.#head.next()
    if (first.done) {
      // An iterator that has seen the end stays there; a long-lived one does not walk over deleted entries again.
      this.#head = this.#entries.entries()
      first = this.#head.next()
      if (first.done) return null
    }
    const [id, event] = first.value
    this.#entries.delete(id)
    if (event.type === 'quote') this.#quotes.delete(refKey(event.quote))
    else this.#kept -= 1
    if (this.#room && this.#kept <= this.#keptMax / 2) {
      this.#room.resolve()
      this.#room = null
    }
    return event
  }

  #finish(error: Error | null): void {
    this.#outcome ??= { error }
    this.#room?.resolve()
    this.#room = null
    this.#wakeReader?.()
  }
}
