// A client as the dashboard is one: tRPC over a real EventSource, resuming by itself.
import { createTRPCClient, httpBatchLink, httpSubscriptionLink, retryLink, splitLink } from '@trpc/client'
import { EventSource } from 'eventsource'
import type { QuoteDelta, QuoteRow } from '../src/quote-row.ts'
import type { AppRouter } from '../src/router.ts'

export const apiClient = (port: number) =>
  createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: (op) => op.type === 'subscription',
        // As in the dashboard: an EventSource that met an error answer closes for good, the retry opens a new one.
        true: [
          retryLink({ retry: () => true, retryDelayMs: () => 250 }),
          httpSubscriptionLink({ url: `http://127.0.0.1:${port}/trpc`, EventSource }),
        ],
        false: httpBatchLink({ url: `http://127.0.0.1:${port}/trpc` }),
      }),
    ],
  })

/** Holds the newest row of every instrument as its stream tells, and keeps the ids that came. */
export class TapeClient {
  readonly rows = new Map<string, QuoteRow>()
  readonly ids: string[] = []
  readonly errors: unknown[] = []
  full = 0
  /** Hears of every row that comes. */
  onRow: (row: QuoteRow) => void = () => {}
  #leave: () => void = () => {}
  readonly #port: number
  readonly #keys: string[] | undefined

  constructor(port: number, keys?: string[]) {
    this.#port = port
    this.#keys = keys
  }

  get lastId(): string | undefined {
    return this.ids.at(-1)
  }

  connect(lastEventId = this.lastId): void {
    const stream = apiClient(this.#port).quotes.live.subscribe(
      { lastEventId, keys: this.#keys },
      {
        onData: ({ id, data }) => this.#apply(id, data),
        onError: (error) => void this.errors.push(error),
      },
    )
    this.#leave = () => stream.unsubscribe()
  }

  leave(): void {
    this.#leave()
  }

  #apply(id: string, delta: QuoteDelta): void {
    this.ids.push(id)
    if (delta.full) {
      this.full += 1
      this.rows.clear()
    }
    for (const row of delta.rows) {
      this.rows.set(row.key, row)
      this.onRow(row)
    }
  }
}

export const batchIds = (ids: readonly string[]): number[] => ids.map((id) => Number(id.split('.')[1]))
export const strictlyRising = (n: readonly number[]): boolean => n.every((x, i) => i === 0 || x > n[i - 1]!)
