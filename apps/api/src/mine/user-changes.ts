// Who hears that something of a user's changed: the open tabs of that user, and nobody else's.
import { ApiProblem } from '../errors.ts'
import type { MineChange } from './reports.ts'

export const MINE_CHANGES: readonly MineChange[] = [
  'sources',
  'orders',
  'pins',
  'outages',
  'watchlists',
  'account',
]

interface Follower {
  /** What changed since the last look; the same change twice is one. */
  waiting: Set<MineChange>
  wake(): void
}

/** Tabs of one user; a browser with more of them is no person. */
const FOLLOWERS_MAX = 64

export class UserChanges {
  readonly #followers = new Map<string, Set<Follower>>()
  #closed = false

  tell(userId: string, what: MineChange): void {
    for (const follower of this.#followers.get(userId) ?? []) {
      follower.waiting.add(what)
      follower.wake()
    }
  }

  /** Changes may have been missed: everybody looks at everything. */
  tellAll(): void {
    for (const userId of this.#followers.keys()) for (const what of MINE_CHANGES) this.tell(userId, what)
  }

  async *follow(userId: string, signal: AbortSignal): AsyncGenerator<{ what: MineChange }, void> {
    const follower = this.#join(userId)
    const end = () => follower.wake()
    signal.addEventListener('abort', end)
    try {
      while (!signal.aborted && !this.#closed) {
        const { promise, resolve } = Promise.withResolvers<void>()
        follower.wake = resolve
        if (follower.waiting.size === 0 && !signal.aborted) await promise
        const told = [...follower.waiting]
        follower.waiting.clear()
        for (const what of told) yield { what }
      }
    } finally {
      signal.removeEventListener('abort', end)
      this.#leave(userId, follower)
    }
    if (this.#closed && !signal.aborted)
      throw new ApiProblem('unavailable', 'The API is stopping; the stream resumes once it is back.')
  }

  close(): void {
    this.#closed = true
    for (const followers of this.#followers.values()) for (const follower of followers) follower.wake()
  }

  #join(userId: string): Follower {
    const followers = this.#followers.get(userId) ?? new Set()
    if (followers.size >= FOLLOWERS_MAX)
      throw new ApiProblem('too_many', 'Too many pages of yours are open; close some of them.')
    const follower: Follower = { waiting: new Set(), wake: () => {} }
    followers.add(follower)
    this.#followers.set(userId, followers)
    return follower
  }

  #leave(userId: string, follower: Follower): void {
    const followers = this.#followers.get(userId)
    followers?.delete(follower)
    if (followers?.size === 0) this.#followers.delete(userId)
  }
}
