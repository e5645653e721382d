// Forgets an old key, once nothing can need it any more.
import { setTimeout as delay } from 'node:timers/promises'
import { countSealed, countSealedAt, KeyRingProblem, type ManagedKeyRing } from '@onetape/db'
import { SECOND_US } from '@onetape/market'
import { wallClock } from '../clock/wall-clock.ts'
import type { Tape } from '../tape.ts'

export interface DropRequest {
  tape: Pick<Tape, 'db' | 'environmentId'>
  ring: ManagedKeyRing
  /** Addresses of other databases whose records are sealed with the same keys. */
  besides: readonly string[]
  signal: AbortSignal
  onWait?(seconds: number): void
}

/** Longer than a process that has just sealed something waits for a connection to write it with. */
const SETTLE_S = 15

/** @throws KeyRingProblem while the key is current or needed. */
export async function dropKey(id: string, o: DropRequest): Promise<void> {
  const note = (await o.ring.notes()).find((n) => n.id === id)
  if (!note) throw new KeyRingProblem(`${o.ring.place} holds no key ${id}. See: onetape keys list`)
  if (note.isCurrent)
    throw new KeyRingProblem(`The key ${id} is the current one. Make another first: onetape keys rotate`)
  if (await o.ring.isRotating(o.tape.environmentId))
    throw new KeyRingProblem('A rotation was begun and not ended. End it first: onetape keys rotate')
  await requireUnused(id, o)
  const settledUs = (note.retiredAt ?? 0) + SETTLE_S * SECOND_US - wallClock.now()
  if (settledUs > 0) {
    o.onWait?.(Math.ceil(settledUs / SECOND_US))
    await delay(settledUs / 1000, undefined, { signal: o.signal })
    await requireUnused(id, o)
  }
  await o.ring.drop(id)
}

async function requireUnused(id: string, { tape, besides }: DropRequest): Promise<void> {
  const used = await countSealed(tape.db)
  for (const url of besides) used.push(...(await countSealedAt(url)))
  const records = used.reduce((sum, u) => (u.keyId === id ? sum + u.records : sum), 0)
  if (records === 0) return
  const many = records === 1 ? '1 record is' : `${records} records are`
  throw new KeyRingProblem(
    `${many} sealed with the key ${id}: run onetape keys rotate, for demo and with --live; onetape keys list says which do not open.`,
  )
}
