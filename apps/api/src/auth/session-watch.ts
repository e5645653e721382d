// Tells those whose stream is open that their session has ended: looked at every two seconds in one question for all,
// and at once when this process ends one.
export interface SessionWatchOptions {
  /** Which of these still hold. */
  live: (ids: readonly string[]) => Promise<ReadonlySet<string>>
  everyMs?: number
}

const EVERY_MS = 2_000

export class SessionWatch {
  readonly #live: SessionWatchOptions['live']
  readonly #everyMs: number
  readonly #told = new Map<string, Set<() => void>>()
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> | null = null
  #again = false

  constructor({ live, everyMs = EVERY_MS }: SessionWatchOptions) {
    this.#live = live
    this.#everyMs = everyMs
  }

  onEnd(id: string, told: () => void): () => void {
    const all = this.#told.get(id) ?? new Set()
    this.#told.set(id, all.add(told))
    this.#timer ??= setInterval(() => void this.look(), this.#everyMs).unref()
    return () => {
      all.delete(told)
      if (all.size === 0 && this.#told.get(id) === all) this.#told.delete(id)
      if (this.#told.size === 0) this.close()
    }
  }

  /** Resolves when all who are concerned were told. */
  look(): Promise<void> {
    this.#again = this.#looking !== null
    this.#looking ??= this.#look().finally(() => {
      this.#looking = null
    })
    return this.#looking
  }

  close(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  async #look(): Promise<void> {
    do {
      this.#again = false
      const ids = [...this.#told.keys()]
      if (ids.length === 0) return
      // A database that is away ends nobody's stream.
      const live = await this.#live(ids).catch(() => null)
      if (live) for (const id of ids) if (!live.has(id)) this.#end(id)
    } while (this.#again)
  }

  #end(id: string): void {
    const all = this.#told.get(id)
    this.#told.delete(id)
    for (const told of all ?? []) told()
  }
}
