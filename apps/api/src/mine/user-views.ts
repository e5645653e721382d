// The worlds of the users who asked lately, in memory. States of one user's: absent -> loading -> kept -> (dropped, or
// its time came) loading, with the last one in hand. A user who waits for a slow key ring keeps nobody else waiting.
import type { UserSource } from '@onetape/db'
import type { Clock, Micros } from '@onetape/market'
import type { Awaitable, RoutedSource } from '@onetape/providers'
import type { OwnSource } from './own-source.ts'
import { type UserView, userView } from './user-view.ts'

export interface StoredWorld extends Pick<UserView, 'orders' | 'pins' | 'outages'> {
  sources: readonly UserSource[]
}

export interface UserViewsDeps {
  house: readonly RoutedSource[]
  read(userId: string): Promise<StoredWorld>
  open(o: { userId: string; record: UserSource; before?: OwnSource; now: Micros }): Promise<OwnSource>
  wallClock: Clock
  /** An outage ended or a sign-in ran out, without anybody having changed anything. */
  onDue(userId: string): void
  onProblem(error: unknown): void
  usersMax?: number
}

interface Kept {
  view: UserView | null
  /** Counts drops: what was read before the last one is not kept. */
  drops: number
  /** `drops` when the view was read. */
  readAt: number
  loading: Promise<UserView> | null
  /** Open connections by id, also those of a view that was never finished. */
  open: Map<string, OwnSource>
  /** After a failed read the last view serves until then. */
  restUntil: Micros
  timer: NodeJS.Timeout | undefined
  closed: boolean
  /** Names that own sources have or had: an answer may come after its source was removed. */
  names: Set<string>
}

const USERS_MAX = 500
const REST_US = 1_000_000
/** The longest that a timer takes; the view is looked at again then. */
const TIMER_MAX_MS = 2 ** 31 - 1
/** A user who changes something without end is answered from what was read last. */
const READS_MAX = 5

export class UserViews implements AsyncDisposable {
  readonly #deps: UserViewsDeps
  /** Least recently used first. */
  readonly #kept = new Map<string, Kept>()

  constructor(deps: UserViewsDeps) {
    this.#deps = deps
  }

  /** At once where it is in memory. */
  of(userId: string): Awaitable<UserView> {
    const kept = this.#touch(userId)
    const now = this.#deps.wallClock.now()
    const isFresh = kept.readAt === kept.drops && now < (kept.view?.until ?? Number.POSITIVE_INFINITY)
    if (kept.view && (isFresh || now < kept.restUntil)) return kept.view
    kept.loading ??= this.#load(userId, kept).finally(() => {
      kept.loading = null
    })
    return kept.loading
  }

  /** Whether a source of that name is, or lately was, the user's own. Where nobody knows any more it is theirs. */
  owns(userId: string, name: string): boolean {
    const kept = this.#kept.get(userId)
    return kept ? kept.names.has(name) : true
  }

  /** Something of this user's changed. */
  drop(userId: string): void {
    const kept = this.#kept.get(userId)
    if (kept) kept.drops++
  }

  /** Changes may have been missed. */
  dropAll(): void {
    for (const kept of this.#kept.values()) kept.drops++
  }

  /** How many users are in memory. */
  get size(): number {
    return this.#kept.size
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const all = [...this.#kept.values()]
    this.#kept.clear()
    await Promise.allSettled(all.map((kept) => this.#close(kept)))
  }

  #touch(userId: string): Kept {
    const known = this.#kept.get(userId)
    this.#kept.delete(userId)
    const kept: Kept = known ?? {
      ...{ view: null, drops: 0, readAt: -1, loading: null, restUntil: 0, timer: undefined },
      ...{ open: new Map(), closed: false, names: new Set() },
    }
    this.#kept.set(userId, kept)
    const { usersMax = USERS_MAX } = this.#deps
    for (const [oldest, other] of this.#kept) {
      if (this.#kept.size <= usersMax) break
      if (other === kept) continue
      this.#kept.delete(oldest)
      void this.#close(other)
    }
    return kept
  }

  async #load(userId: string, kept: Kept): Promise<UserView> {
    const { onProblem, wallClock } = this.#deps
    try {
      for (let reads = 1; ; reads++) {
        const drops = kept.drops
        const view = await this.#read(userId, kept)
        if (kept.drops !== drops && reads < READS_MAX) continue
        this.#keep(userId, kept, { view, drops })
        return view
      }
    } catch (error) {
      if (!kept.view) throw error
      onProblem(error)
      kept.restUntil = wallClock.now() + REST_US
      return kept.view
    }
  }

  async #read(userId: string, kept: Kept): Promise<UserView> {
    const { house, wallClock } = this.#deps
    const { sources, ...stored } = await this.#deps.read(userId)
    const now = wallClock.now()
    const own = await Promise.all(
      sources.map(async (record) => {
        const before = kept.open.get(record.id)
        const opened = await this.#deps.open({ userId, record, before, now })
        kept.open.set(record.id, opened)
        kept.names.add(record.name)
        if (before && before.routed.provider !== opened.routed.provider) await closeProvider(before)
        return opened
      }),
    )
    return userView({ ...stored, own }, { house, now })
  }

  #keep(userId: string, kept: Kept, { view, drops }: { view: UserView; drops: number }): void {
    kept.view = view
    kept.readAt = drops
    kept.restUntil = 0
    for (const [id, opened] of kept.open) {
      if (view.own.includes(opened)) continue
      kept.open.delete(id)
      void closeProvider(opened)
    }
    if (kept.closed) void this.#close(kept)
    else this.#wake(userId, kept, view.until)
  }

  #wake(userId: string, kept: Kept, until: Micros | null): void {
    clearTimeout(kept.timer)
    if (until === null) return
    const waitMs = Math.ceil((until - this.#deps.wallClock.now()) / 1000)
    kept.timer = setTimeout(
      () => {
        this.drop(userId)
        this.#deps.onDue(userId)
      },
      Math.min(Math.max(waitMs, 0), TIMER_MAX_MS),
    )
    kept.timer.unref()
  }

  async #close(kept: Kept): Promise<void> {
    kept.closed = true
    clearTimeout(kept.timer)
    const open = [...kept.open.values()]
    kept.open.clear()
    await Promise.allSettled(open.map(closeProvider))
  }
}

const closeProvider = async ({ routed }: OwnSource): Promise<void> => {
  await routed.provider?.close?.().catch(() => {})
}
