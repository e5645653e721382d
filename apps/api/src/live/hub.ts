// The newest row of every instrument, in memory, and those who want to hear of changes.
//
// `cursor` is the ledger id that memory is level with: for every instrument it holds a value at least as new as
// the last change with an id up to `cursor`. A row may be newer than that, when the database moved on between the
// reading of the ledger and of the rows; it is then sent early, and again with its own id, because a follower
// may join in between. Rows are whole, so hearing one twice does no harm. Nothing here waits or reads.
//
// Memory is also every follower's queue: a follower knows the id that it is level with, and what it has not had yet
// are the rows above that id, the newest of each instrument. So who is slow costs a number, and misses steps in
// between, never the last value.
import type { LatestView } from '@onetape/db'
import type { Micros } from '@onetape/market'
import { ApiProblem } from '../errors.ts'
import { Slot } from './slot.ts'

export interface HubState {
  environmentId: string
  cursor: number
  rows: Iterable<LatestView>
}

/** One step of memory. */
export interface Change {
  before: number
  cursor: number
  slots: readonly Slot[]
}

export interface Follower {
  /** Memory has moved. It must neither wait nor throw. */
  moved(change: Change): void
  /** For how long it has been offered something that it does not take. */
  unreadForMs(nowMs: number): number
  /** It does not read: its connection is cut, a message would not arrive. */
  drop(): void
  end(problem: ApiProblem): void
}

export interface HubLimits {
  subscribersMax: number
  /** A reader that left something unread for so long is dropped; it resumes where it was. */
  slowReaderMs: number
  nowMs: () => number
}

const LIMITS: HubLimits = { subscribersMax: 500, slowReaderMs: 30_000, nowMs: () => performance.now() }

export class Hub {
  readonly #limits: HubLimits
  readonly #slots = new Map<number, Slot>()
  readonly #byKey = new Map<string, Slot>()
  readonly #followers = new Set<Follower>()
  #environmentId: string | null = null
  #cursor = 0
  #names = 0
  #lastChange: Change | null = null
  #newestFetchedAt: Micros | null = null
  #closed = false

  constructor(limits: Partial<HubLimits> = {}) {
    this.#limits = { ...LIMITS, ...limits }
  }

  /** Null until the tape was read once. */
  get environmentId(): string | null {
    return this.#environmentId
  }

  get cursor(): number {
    return this.#cursor
  }

  /** Moves whenever a key came to mean another slot. */
  get names(): number {
    return this.#names
  }

  get lastChange(): Change | null {
    return this.#lastChange
  }

  /** Market time at which the newest quote came in. */
  get newestFetchedAt(): Micros | null {
    return this.#newestFetchedAt
  }

  get quoted(): number {
    return this.#slots.size
  }

  get subscribers(): number {
    return this.#followers.size
  }

  nowMs(): number {
    return this.#limits.nowMs()
  }

  /** Starts anew from what a database holds. Whoever listened to the one before starts anew too. */
  reset(state: HubState): void {
    this.#slots.clear()
    this.#byKey.clear()
    this.#names += 1
    this.#lastChange = null
    this.#newestFetchedAt = null
    for (const row of state.rows) this.#hold(row)
    this.#environmentId = state.environmentId
    this.#cursor = state.cursor
    this.#endAll('The tape was replaced; the stream starts anew.')
  }

  /** Moves forward to `cursor`. `rows` may hold more than what changed since. */
  advance(cursor: number, rows: Iterable<LatestView>): void {
    const before = this.#cursor
    if (cursor <= before) return
    const slots: Slot[] = []
    for (const row of rows) {
      const slot = row.batchId > before ? this.#hold(row) : null
      if (slot) slots.push(slot)
    }
    this.#cursor = cursor
    const change: Change = { before, cursor, slots }
    this.#lastChange = change
    for (const follower of this.#followers) follower.moved(change)
    this.dropSlow()
  }

  /** @returns the way to leave. @throws ApiProblem when there is no room. */
  join(follower: Follower): () => void {
    if (this.#closed)
      throw new ApiProblem('unavailable', 'The API is stopping; the stream resumes once it is back.')
    if (this.#followers.size >= this.#limits.subscribersMax) {
      throw new ApiProblem('unavailable', 'Too many live connections are open at once; try again soon.')
    }
    this.#followers.add(follower)
    return () => void this.#followers.delete(follower)
  }

  dropSlow(): void {
    const nowMs = this.#limits.nowMs()
    for (const follower of this.#followers) {
      if (follower.unreadForMs(nowMs) <= this.#limits.slowReaderMs) continue
      this.#followers.delete(follower)
      follower.drop()
    }
  }

  /** Of `keys` (all when null), as far as they have a row. */
  slots(keys: readonly string[] | null): Slot[] {
    if (!keys) return [...this.#slots.values()]
    return [...new Set(keys)].flatMap((key) => this.#byKey.get(key) ?? [])
  }

  /** Those of `slots` (all when null) whose last change has a ledger id above `batchId`. */
  slotsSince(batchId: number, slots: readonly Slot[] | null): Slot[] {
    if (slots) return slots.filter((slot) => slot.batchId > batchId)
    const changed: Slot[] = []
    for (const slot of this.#slots.values()) if (slot.batchId > batchId) changed.push(slot)
    return changed
  }

  rows(keys: readonly string[] | null): LatestView[] {
    return this.slots(keys).map((slot) => slot.row)
  }

  close(): void {
    this.#closed = true
    this.#endAll('The API is stopping; the stream resumes once it is back.')
  }

  /** @returns the slot that took the row; null when it holds a newer one. */
  #hold(row: LatestView): Slot | null {
    let slot = this.#slots.get(row.instrumentId)
    if (slot && slot.batchId > row.batchId) return null
    const keyBefore = slot?.instrument.key
    if (slot) slot.hold(row)
    else {
      slot = new Slot(row)
      this.#slots.set(row.instrumentId, slot)
    }
    if (keyBefore !== row.key) {
      if (keyBefore !== undefined) this.#byKey.delete(keyBefore)
      this.#byKey.set(row.key, slot)
      this.#names += 1
    }
    this.#newestFetchedAt = Math.max(this.#newestFetchedAt ?? 0, row.fetchedAt)
    return slot
  }

  #endAll(message: string): void {
    const followers = [...this.#followers]
    this.#followers.clear()
    for (const follower of followers) follower.end(new ApiProblem('unavailable', message))
  }
}
