// A follower that asks for what comes next: the procedure's way to the hub, one object at a time.
import type { LatestView } from '@onetape/db'
import type { ApiProblem } from '../errors.ts'
import type { Change, Follower, Hub } from './hub.ts'

export interface Unread {
  /** Ledger id that the reader is level with once it has these rows. */
  cursor: number
  rows: LatestView[]
}

export class Reader implements Follower {
  readonly #hub: Hub
  readonly #keys: readonly string[] | null
  readonly #wanted: ReadonlySet<string> | null
  readonly #disconnect: () => void
  #cursor: number
  #unreadSinceMs: number | null = null
  #ended: ApiProblem | null = null
  #wake: (() => void) | null = null

  /** Level with the hub as it is now. */
  constructor(hub: Hub, o: { keys: readonly string[] | null; disconnect: () => void }) {
    this.#hub = hub
    this.#keys = o.keys
    this.#wanted = o.keys && new Set(o.keys)
    this.#disconnect = o.disconnect
    this.#cursor = hub.cursor
  }

  /** All that it has not had, or the next to come; null once `signal` is aborted. Throws what `end` was given. */
  async take(signal: AbortSignal): Promise<Unread | null> {
    for (;;) {
      if (signal.aborted) return null
      if (this.#ended) throw this.#ended
      const rows = this.#unread()
      this.#unreadSinceMs = null
      this.#cursor = this.#hub.cursor
      if (rows.length > 0) return { cursor: this.#cursor, rows }
      await this.#next(signal)
    }
  }

  moved({ slots }: Change): void {
    const wanted = this.#wanted
    if (!slots.some(({ row }) => !wanted || wanted.has(row.key))) return
    this.#unreadSinceMs ??= this.#hub.nowMs()
    this.#wake?.()
  }

  unreadForMs(nowMs: number): number {
    return this.#unreadSinceMs === null ? 0 : nowMs - this.#unreadSinceMs
  }

  drop(): void {
    this.#disconnect()
  }

  end(problem: ApiProblem): void {
    this.#ended = problem
    this.#wake?.()
  }

  #unread(): LatestView[] {
    if (this.#hub.cursor <= this.#cursor) return []
    return this.#hub.rows(this.#keys).filter((row) => row.batchId > this.#cursor)
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
