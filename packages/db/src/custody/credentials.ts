// Credentials as they are kept: sealed with the ring's current key, bound to their user and source.
import { type Belonging, openEnvelope, rewrapEnvelope, sealEnvelope } from './envelope.ts'
import type { Key, KeyRing } from './key-ring.ts'

export interface Sealed {
  keyId: string
  sealed: Buffer
}
export type SealedRecord = Belonging & { keyId: string; sealed: Uint8Array }

/** A record that does not open; `message` is one clear line that holds nothing of its content. */
export class CustodyProblem extends Error {
  override name = 'CustodyProblem'
  readonly kind: 'unknown_key' | 'undecryptable'

  constructor(kind: CustodyProblem['kind'], message: string) {
    super(message)
    this.kind = kind
  }
}

export async function sealCredentials(
  ring: KeyRing,
  o: Belonging & { credentials: Record<string, string> },
): Promise<Sealed> {
  const key = await ring.current()
  const content = new TextEncoder().encode(JSON.stringify(o.credentials))
  try {
    return { keyId: key.id, sealed: sealEnvelope(key, { ...o, content }) }
  } finally {
    content.fill(0)
  }
}

/** @throws CustodyProblem */
export async function openCredentials(ring: KeyRing, o: SealedRecord): Promise<Record<string, string>> {
  const key = await keyOf(ring, o)
  return opened(o, () => {
    const content = openEnvelope(key, o)
    try {
      return credentialsOf(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content)))
    } finally {
      content.fill(0)
    }
  })
}

/** The record under the ring's current key. @throws CustodyProblem */
export async function rewrap(ring: KeyRing, o: SealedRecord): Promise<Sealed> {
  const [from, to] = [await keyOf(ring, o), await ring.current()]
  return opened(o, () => ({ keyId: to.id, sealed: rewrapEnvelope(from, { ...o, to }) }))
}

async function keyOf(ring: KeyRing, { keyId }: SealedRecord): Promise<Key> {
  const key = await ring.get(keyId)
  if (key) return key
  throw new CustodyProblem('unknown_key', `It is sealed with the key ${shown(keyId)}, which is not at hand.`)
}

/** The cipher's own words are left out: they help nobody but an attacker. */
function opened<T>({ keyId }: SealedRecord, work: () => T): T {
  try {
    return work()
  } catch {
    throw new CustodyProblem(
      'undecryptable',
      `It does not open with its key ${shown(keyId)}: it was changed, or copied from another user or source.`,
    )
  }
}

/** An id comes from a record that anything may have happened to. */
const shown = (keyId: string): string => keyId.replace(/[^\w.-]/g, '?').slice(0, 64)

function credentialsOf(value: unknown): Record<string, string> {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value)
  if (!isRecord || !Object.values(value).every((text) => typeof text === 'string'))
    throw new Error('no credentials')
  return value as Record<string, string>
}
