// The ring as the operator sees it: each key with its dates and how many records need it, and what does not open.
import {
  countSealed,
  type KeyNote,
  listSealed,
  type ManagedKeyRing,
  openCredentials,
  type SealedRow,
} from '@onetape/db'
import type { Tape } from '../tape.ts'
import { type Failure, openedOr, tellUnreadable, type UnreadableRecord } from './unreadable.ts'

export interface KeyList {
  place: string
  /** A rotation was begun and not ended. */
  rotating: boolean
  keys: (KeyNote & { records: number })[]
  /** Keys that records name and the ring does not hold. */
  missing: { id: string; records: number }[]
  unreadable: UnreadableRecord[]
}

const BATCH_ROWS = 200

export interface ListRequest {
  tape: Pick<Tape, 'db' | 'url' | 'environmentId'>
  ring: ManagedKeyRing
  signal: AbortSignal
}

export async function listKeys(o: ListRequest): Promise<KeyList> {
  const [notes, used] = [await o.ring.notes(), await countSealed(o.tape.db)]
  const records = new Map(used.map((u) => [u.keyId, u.records]))
  const held = new Set(notes.map((note) => note.id))
  return {
    place: o.ring.place,
    rotating: await o.ring.isRotating(o.tape.environmentId),
    keys: notes.map((note) => ({ ...note, records: records.get(note.id) ?? 0 })),
    missing: used
      .filter(({ keyId }) => !held.has(keyId))
      .map(({ keyId, records }) => ({ id: keyId, records })),
    unreadable: await findUnreadable(o),
  }
}

/** Opens every record and keeps none of it. */
async function findUnreadable(o: ListRequest): Promise<UnreadableRecord[]> {
  const failures = new Map<string, Failure>()
  let afterId: string | null = null
  for (;;) {
    o.signal.throwIfAborted()
    const rows: SealedRow[] = await listSealed(o.tape.db, { afterId, limit: BATCH_ROWS })
    if (rows.length === 0) return await tellUnreadable(o.tape.url, failures)
    afterId = rows.at(-1)!.sourceId
    for (const row of rows)
      await openedOr(
        () => openCredentials(o.ring, row),
        (problem) => failures.set(row.sourceId, { userId: row.userId, keyId: row.keyId, problem }),
      )
  }
}
