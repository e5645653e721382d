// How the batches of the newest quotes were had, kept in memory: a sweep of thousands of quotes is one batch, so a few
// rows of the ledger serve them all.
import { withDeadline } from '../deadline.ts'

export interface TapeAttempts {
  /** What a batch kept; undefined when it is not in memory (yet). */
  held(batchId: number): { kept: unknown } | undefined
  /** Brings batches into memory; those that cannot be read now are asked again the next time. */
  load(batchIds: readonly number[]): Promise<void>
  clear(): void
}

const BATCHES_MAX = 5_000
const READ_WITHIN_MS = 1_000

export function createTapeAttempts(
  read: (batchIds: readonly number[]) => Promise<ReadonlyMap<number, unknown>>,
): TapeAttempts {
  const known = new Map<number, { kept: unknown }>()
  const underway = new Map<number, Promise<void>>()

  const ask = (batchIds: readonly number[]): Promise<void> => {
    const asking = withDeadline(read(batchIds), READ_WITHIN_MS)
      .then(
        (found) => {
          for (const id of batchIds) known.set(id, { kept: found.get(id) ?? null })
          for (const id of known.keys()) {
            if (known.size <= BATCHES_MAX) break
            known.delete(id) // the oldest: whoever still needs it reads it again
          }
        },
        () => {}, // without the ledger a receipt says what its row says
      )
      .finally(() => {
        for (const id of batchIds) underway.delete(id)
      })
    for (const id of batchIds) underway.set(id, asking)
    return asking
  }

  return {
    held: (batchId) => known.get(batchId),
    async load(batchIds) {
      const unknown = [...new Set(batchIds)].filter((id) => !known.has(id))
      const fresh = unknown.filter((id) => !underway.has(id))
      const waits = new Set(unknown.flatMap((id) => underway.get(id) ?? []))
      if (fresh.length > 0) waits.add(ask(fresh))
      await Promise.all(waits)
    },
    clear: () => known.clear(),
  }
}
