// Answers kept for a moment, and one flight for all who ask the same thing at one time. Bounded by what it holds.
import type { Clock, Micros } from '@onetape/market'

interface Flight<T> {
  answer: Promise<T>
  stop: AbortController
  waiting: number
}

interface Kept {
  answer: unknown
  weight: number
  until: Micros
}

export interface CacheOptions {
  wallClock: Clock
  /** Most rows kept, over all answers. */
  weightMax: number
}

export interface Produce<T> {
  key: string
  /** 0: shared while under way, not kept. */
  ttlMs: number
  signal?: AbortSignal
  /** Its signal aborts when nobody waits for it any more. */
  make(signal: AbortSignal): Promise<T>
  /** Rows of an answer, or null where it should not be given again. */
  weigh(answer: T): number | null
}

export class AnswerCache {
  readonly #flights = new Map<string, Flight<unknown>>()
  /** Least recently used first. */
  readonly #kept = new Map<string, Kept>()
  readonly #o: CacheOptions
  #weight = 0

  constructor(o: CacheOptions) {
    this.#o = o
  }

  /** `again` is true where the answer was made for another call. */
  async through<T>(p: Produce<T>): Promise<{ answer: T; again: boolean }> {
    p.signal?.throwIfAborted()
    const kept = this.#fresh(p)
    if (kept) return { answer: kept.answer as T, again: true }
    const running = this.#flights.get(p.key) as Flight<T> | undefined
    const flight = running ?? this.#start(p)
    flight.waiting++
    try {
      return { answer: await orAborted(flight.answer, p.signal), again: running !== undefined }
    } finally {
      flight.waiting--
      if (flight.waiting === 0) {
        flight.stop.abort()
        this.#land(p.key, flight)
      }
    }
  }

  #fresh({ key, ttlMs }: Pick<Produce<unknown>, 'key' | 'ttlMs'>): Kept | null {
    const kept = this.#kept.get(key)
    if (!kept) return null
    this.#kept.delete(key)
    if (ttlMs <= 0 || this.#o.wallClock.now() >= kept.until) {
      this.#weight -= kept.weight
      return null
    }
    this.#kept.set(key, kept)
    return kept
  }

  #start<T>(p: Produce<T>): Flight<T> {
    const stop = new AbortController()
    const flight: Flight<T> = { stop, waiting: 0, answer: p.make(stop.signal) }
    this.#flights.set(p.key, flight)
    flight.answer.then(
      (answer) => {
        this.#land(p.key, flight)
        this.#keep(p, answer)
      },
      () => this.#land(p.key, flight),
    )
    return flight
  }

  #land(key: string, flight: Flight<unknown>): void {
    if (this.#flights.get(key) === flight) this.#flights.delete(key)
  }

  #keep<T>({ key, ttlMs, weigh }: Produce<T>, answer: T): void {
    const weight = ttlMs > 0 ? weigh(answer) : null
    if (weight === null || weight > this.#o.weightMax / 4) return
    this.#weight += weight - (this.#kept.get(key)?.weight ?? 0)
    this.#kept.delete(key)
    this.#kept.set(key, { answer, weight, until: this.#o.wallClock.now() + ttlMs * 1000 })
    for (const [oldest, { weight: freed }] of this.#kept) {
      if (this.#weight <= this.#o.weightMax) break
      this.#kept.delete(oldest)
      this.#weight -= freed
    }
  }
}

async function orAborted<T>(answer: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return answer
  const { promise, reject } = Promise.withResolvers<never>()
  const abort = () => reject(signal.reason)
  if (signal.aborted) abort()
  else signal.addEventListener('abort', abort)
  return Promise.race([answer, promise]).finally(() => signal.removeEventListener('abort', abort))
}
