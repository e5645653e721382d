// Who a cookie or token stands for, remembered for two seconds: a page asks twenty things at once, and a program may ask
// a thousand times a second. Whatever ends a session in this process forgets all; in another, the two seconds do.
export interface SessionMemoOptions<T> {
  lookUp: (credential: string) => Promise<T>
  ttlMs?: number
  entriesMax?: number
  nowMs?: () => number
}

const TTL_MS = 2_000
const ENTRIES_MAX = 5_000

interface Entry<T> {
  answer: T | Promise<T>
  untilMs: number
}

export class SessionMemo<T> {
  readonly #o: Required<SessionMemoOptions<T>>
  #entries = new Map<string, Entry<T>>()

  constructor(o: SessionMemoOptions<T>) {
    this.#o = { ttlMs: TTL_MS, entriesMax: ENTRIES_MAX, nowMs: () => performance.now(), ...o }
  }

  /** At once where it is remembered. */
  of(credential: string): T | Promise<T> {
    const nowMs = this.#o.nowMs()
    const known = this.#entries.get(credential)
    if (known && known.untilMs > nowMs) return known.answer
    return this.#lookUp(credential, nowMs)
  }

  forget(): void {
    this.#entries = new Map() // what is being looked up now is remembered in the old one
  }

  #lookUp(credential: string, nowMs: number): Promise<T> {
    const { lookUp, ttlMs, entriesMax } = this.#o
    const entries = this.#entries
    const answer = lookUp(credential).then(
      (value) => {
        entry.answer = value
        return value
      },
      (error: unknown) => {
        if (entries.get(credential) === entry) entries.delete(credential)
        throw error
      },
    )
    const entry: Entry<T> = { answer, untilMs: nowMs + ttlMs }
    entries.delete(credential) // to the end: the oldest goes first
    entries.set(credential, entry)
    if (entries.size > entriesMax) entries.delete(entries.keys().next().value!)
    return answer
  }
}
