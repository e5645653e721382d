/**
 * Work that one daemon of many does: a stream of a source, the day's corporate actions. Whoever claimed it keeps it by
 * renewing, unless it is another's by the share-out; when that one dies, its lease runs out and another takes over.
 * Doing it twice would waste calls and change nothing else, so a database that does not answer for a moment takes
 * nothing away.
 */
import { claimLeases, type Db, releaseLeases } from '@onetape/db'

export interface Leases extends AsyncDisposable {
  /** Whether it is ours now; from then on it is claimed and renewed until it is given up. */
  hold(name: string): Promise<boolean>
  /** What was claimed and is not among these is given up: others may have it. Only names that begin like this. */
  keepOnly(prefix: string, names: readonly string[]): Promise<void>
  held(): string[]
}

export interface LeasesOptions {
  db: Db
  /** Names this process. */
  holder: string
  /** Who of the daemons alive should have a lease; the others stand back, and give it up when they next ask. */
  ownerOf?(name: string): string | null
  /** A lease that another held has come to us. */
  onGained(name: string): void
  /** Runs a renewal and says when it fails. */
  guard(work: () => Promise<void>): Promise<unknown>
  ttlMs?: number
  everyMs?: number
}

/** Together the longest time until another daemon takes over; two renewals may be missed. */
const TTL_MS = 10_000
const EVERY_MS = 3_000

export function createLeases(o: LeasesOptions): Leases {
  const { db, holder, ttlMs = TTL_MS } = o
  const wanted = new Set<string>()
  const refused = new Set<string>()
  let held: ReadonlySet<string> = new Set()
  let renewing: Promise<unknown> | null = null
  let isOver = false

  const claim = async (names: readonly string[]): Promise<void> => {
    const ours = new Set(await claimLeases(db, { names, holder, ttlMs }))
    const others = [...held].filter((name) => !names.includes(name))
    const gained = [...ours].filter((name) => refused.has(name))
    for (const name of names) {
      if (ours.has(name)) refused.delete(name)
      else refused.add(name)
    }
    held = new Set([...others, ...ours])
    for (const name of gained) o.onGained(name)
  }
  const renew = () => {
    if (wanted.size === 0 || isOver) return
    renewing ??= o
      .guard(() => claim([...wanted]))
      .finally(() => {
        renewing = null
      })
  }
  const giveUp = async (names: readonly string[]) => {
    for (const name of names) {
      wanted.delete(name)
      refused.delete(name)
    }
    // A renewal in flight may still claim them.
    await renewing
    const ours = names.filter((name) => held.has(name))
    held = new Set([...held].filter((name) => !names.includes(name)))
    if (ours.length > 0) await releaseLeases(db, { holder, names: ours })
  }
  const timer = setInterval(renew, o.everyMs ?? EVERY_MS)
  timer.unref()

  return {
    async hold(name) {
      if (isOver) return false
      const owner = o.ownerOf?.(name) ?? null
      if (owner !== null && owner !== holder) {
        await giveUp([name])
        return false
      }
      if (!wanted.has(name)) {
        wanted.add(name)
        await claim([name])
      }
      return held.has(name)
    },
    keepOnly: (prefix, names) =>
      giveUp([...wanted].filter((name) => name.startsWith(prefix) && !names.includes(name))),
    held: () => [...held].sort(),
    async [Symbol.asyncDispose]() {
      isOver = true
      clearInterval(timer)
      await renewing
      await releaseLeases(db, { holder }).catch(() => {})
    },
  }
}
