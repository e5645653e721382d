// The newest row of every instrument, in memory, and those who want to hear of changes.
//
// `cursor` is the ledger id that memory is level with: for every instrument it holds a value at least as new as
// the last change with an id up to `cursor`. A row may be newer than that, when the database moved on between the
// reading of the ledger and of the rows; it is then sent early, and again with its own id, because a subscriber
// may join in between. Rows are whole, so hearing one twice does no harm. Nothing here waits or reads.
import type { LatestView } from '@onetape/db'
import type { Micros } from '@onetape/market'
import { ApiProblem } from '../errors.ts'
import { DeltaQueue, type Unread } from './queue.ts'

export interface HubState {
  environmentId: string
  cursor: number
  rows: readonly LatestView[]
}

export interface SubscriberOptions {
  keys: readonly string[] | null
  /** Cuts the reader's connection: it is dropped because it does not read, so a message would not arrive. */
  disconnect: () => void
}

export interface Subscriber {
  take(signal: AbortSignal): Promise<Unread<LatestView> | null>
  close(): void
}

export interface HubLimits {
  subscribersMax: number
  /** A reader that left something unread for so long is dropped; it resumes where it was. */
  slowReaderMs: number
  nowMs: () => number
}

const LIMITS: HubLimits = { subscribersMax: 500, slowReaderMs: 30_000, nowMs: () => performance.now() }

interface Member {
  keys: ReadonlySet<string> | null
  queue: DeltaQueue<LatestView>
  disconnect: () => void
}

export class Hub {
  readonly #limits: HubLimits
  readonly #rows = new Map<number, LatestView>()
  readonly #byKey = new Map<string, LatestView>()
  readonly #members = new Set<Member>()
  #environmentId: string | null = null
  #cursor = 0
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

  /** Market time at which the newest quote came in. */
  get newestFetchedAt(): Micros | null {
    return this.#newestFetchedAt
  }

  get quoted(): number {
    return this.#rows.size
  }

  get subscribers(): number {
    return this.#members.size
  }

  /** Starts anew from what a database holds. Whoever listened to the one before starts anew too. */
  reset(state: HubState): void {
    this.#rows.clear()
    this.#byKey.clear()
    this.#newestFetchedAt = null
    for (const row of state.rows) this.#hold(row)
    this.#environmentId = state.environmentId
    this.#cursor = state.cursor
    this.#endAll('The tape was replaced; the stream starts anew.')
  }

  /** Moves forward to `cursor`. `rows` may hold more than what changed since. */
  advance(cursor: number, rows: readonly LatestView[]): void {
    const before = this.#cursor
    if (cursor <= before) return
    const changed = rows.filter((row) => row.batchId > before)
    for (const row of changed) this.#hold(row)
    this.#cursor = cursor
    const nowMs = this.#limits.nowMs()
    for (const member of this.#members) {
      const { keys, queue } = member
      queue.push(keys ? changed.filter((row) => keys.has(row.key)) : changed, cursor, nowMs)
      if (queue.unreadForMs(nowMs) > this.#limits.slowReaderMs) this.#drop(member)
    }
  }

  subscribe(options: SubscriberOptions): Subscriber {
    if (this.#closed)
      throw new ApiProblem('unavailable', 'The API is stopping; the stream resumes once it is back.')
    if (this.#members.size >= this.#limits.subscribersMax) {
      throw new ApiProblem('unavailable', 'Too many live connections are open at once; try again soon.')
    }
    const { keys, disconnect } = options
    const member: Member = { keys: keys && new Set(keys), queue: new DeltaQueue(), disconnect }
    this.#members.add(member)
    return {
      take: (signal) => member.queue.take(signal),
      close: () => void this.#members.delete(member),
    }
  }

  /** Rows of `keys` (all when null) whose last change has a ledger id above `batchId`. */
  changedSince(batchId: number, keys: readonly string[] | null): LatestView[] {
    return this.rows(keys).filter((row) => row.batchId > batchId)
  }

  rows(keys: readonly string[] | null): LatestView[] {
    if (!keys) return [...this.#rows.values()]
    return [...new Set(keys)].flatMap((key) => this.#byKey.get(key) ?? [])
  }

  close(): void {
    this.#closed = true
    this.#endAll('The API is stopping; the stream resumes once it is back.')
  }

  #hold(row: LatestView): void {
    const held = this.#rows.get(row.instrumentId)
    if (held && held.batchId > row.batchId) return
    if (held && held.key !== row.key) this.#byKey.delete(held.key)
    this.#rows.set(row.instrumentId, row)
    this.#byKey.set(row.key, row)
    this.#newestFetchedAt = Math.max(this.#newestFetchedAt ?? 0, row.fetchedAt)
  }

  #drop(member: Member): void {
    this.#members.delete(member)
    member.queue.close(
      new ApiProblem('unavailable', 'This connection does not read; it resumes where it was.'),
    )
    member.disconnect()
  }

  #endAll(message: string): void {
    for (const { queue } of this.#members) queue.close(new ApiProblem('unavailable', message))
    this.#members.clear()
  }
}
