// Moves every sealed record to another key of the ring while users go on. Each record goes over in one step that holds
// only if nobody touched it meanwhile, so at every moment it opens with a key of the ring, whatever is killed when. What
// is begun is written with the keys: the next run goes on with the same key.
import {
  countSealed,
  KeyRingProblem,
  listSealed,
  type ManagedKeyRing,
  rewrap,
  rewrapSealed,
  type SealedRow,
} from '@onetape/db'
import type { Tape } from '../tape.ts'
import { type Failure, openedOr, tellUnreadable, type UnreadableRecord } from './unreadable.ts'

export interface RotationRequest {
  tape: Pick<Tape, 'db' | 'url' | 'environmentId'>
  ring: ManagedKeyRing
  signal: AbortSignal
  onBegin?(o: { keyId: string; goesOn: boolean; records: number }): void
  onProgress?(done: number, total: number): void
}

export interface RotationReport {
  keyId: string
  /** A rotation that was begun before and not ended. */
  goesOn: boolean
  /** By this run. */
  moved: number
  unreadable: UnreadableRecord[]
}

const BATCH_ROWS = 25
const PASSES_MAX = 5

/** @throws KeyRingProblem where the ring does not hold what a rotation needs; nothing is changed then. */
export async function rotateKeys(o: RotationRequest): Promise<RotationReport> {
  const used = await countSealed(o.tape.db)
  await requireKeys(o.ring, used)
  const { key, goesOn } = await o.ring.beginRotation(o.tape.environmentId)
  const total = used.reduce((sum, { keyId, records }) => (keyId === key.id ? sum : sum + records), 0)
  o.onBegin?.({ keyId: key.id, goesOn, records: total })
  const run = new Run(o, total)
  for (let passes = 0; (await run.pass()) > 0; passes++)
    if (passes === PASSES_MAX)
      throw new KeyRingProblem(
        'Records are still being sealed with an older key: a process runs with older settings. Start it anew, then rotate again.',
      )
  await o.ring.endRotation(o.tape.environmentId)
  const { id: keyId } = await o.ring.current()
  return { keyId, goesOn, moved: run.moved, unreadable: await tellUnreadable(o.tape.url, run.failures) }
}

/** A ring that opens nothing of what is there is a wrong one: a new key would make it worse. */
async function requireKeys(ring: ManagedKeyRing, used: readonly { keyId: string }[]): Promise<void> {
  const held = await ring.ids()
  if (used.length === 0 || used.some(({ keyId }) => held.includes(keyId))) return
  const missing = used.map(({ keyId }) => keyId).join(', ')
  throw new KeyRingProblem(
    `${ring.place} holds none of the keys that the stored credentials are sealed with (${missing}): add them behind the new one, then rotate.`,
  )
}

class Run {
  readonly #o: RotationRequest
  readonly #total: number
  readonly failures = new Map<string, Failure>()
  moved = 0

  constructor(o: RotationRequest, total: number) {
    this.#o = o
    this.#total = total
  }

  /** Tries every record once. @returns how many were touched or came in between, and are to be tried again. */
  async pass(): Promise<number> {
    this.failures.clear()
    let again = 0
    let afterId: string | null = null
    for (;;) {
      this.#o.signal.throwIfAborted()
      const rows: SealedRow[] = await listSealed(this.#o.tape.db, { afterId, limit: BATCH_ROWS })
      if (rows.length === 0) return again
      afterId = rows.at(-1)!.sourceId
      // Asked each time: another environment that shares the key file may have begun a rotation of its own.
      const to = await this.#o.ring.current()
      const results = await Promise.all(
        rows.filter((row) => row.keyId !== to.id).map((row) => this.#move(row)),
      )
      again += results.filter((result) => result !== 'unreadable').length
      this.#o.onProgress?.(Math.min(this.moved + this.failures.size, this.#total), this.#total)
    }
  }

  async #move(row: SealedRow): Promise<'moved' | 'changed' | 'unreadable'> {
    const { sourceId, userId, keyId, sealed } = row
    const to = await openedOr(
      () => rewrap(this.#o.ring, row),
      (problem) => this.failures.set(sourceId, { userId, keyId, problem }),
    )
    if (!to) return 'unreadable'
    const isMoved = await rewrapSealed(this.#o.tape.db, { sourceId, from: { keyId, sealed }, to })
    if (isMoved) this.moved++
    return isMoved ? 'moved' : 'changed'
  }
}
