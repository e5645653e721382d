// A stream in memory: a test says what comes, and sees what was subscribed.
import type { SymbolRef } from '@onetape/market'
import type { QuoteStream, StreamEvent, StreamOptions, StreamStats } from '@onetape/providers'

export class FakeStream implements QuoteStream {
  refs: readonly SymbolRef[]
  isClosed = false
  readonly #waiting: (StreamEvent | Error)[] = []
  #wake = () => {}

  constructor(refs: readonly SymbolRef[], options?: StreamOptions) {
    this.refs = refs
    options?.signal?.addEventListener('abort', () => void this.close(), { once: true })
  }

  send(...events: (StreamEvent | Error)[]): void {
    this.#waiting.push(...events)
    this.#wake()
  }

  stats(): StreamStats {
    return {
      connects: 1,
      received: 0,
      conflated: 0,
      duplicates: 0,
      outOfOrder: 0,
      dropped: 0,
      lastDropped: [],
      lastEventAt: null,
    }
  }

  setRefs(refs: readonly SymbolRef[]): void {
    this.refs = refs
  }

  async close(): Promise<void> {
    this.isClosed = true
    this.#wake()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<StreamEvent> {
    for (;;) {
      const next = this.#waiting.shift()
      if (next instanceof Error) throw next
      if (next) yield next
      else if (this.isClosed) return
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      }
    }
  }
}
