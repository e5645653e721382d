// The keys that wrap the data keys of sealed records: which one seals now, and which ones still open what is older.
import type { Micros } from '@onetape/market'

export const KEY_BYTES = 32

export interface Key {
  id: string
  /** 32 bytes. */
  bytes: Uint8Array
}

export interface KeyRing {
  /** The key to seal with from now on. */
  current(): Promise<Key>
  /** Null when the ring does not hold it, also after another look at where its keys come from. */
  get(id: string): Promise<Key | null>
  /** The current one first. */
  ids(): Promise<string[]>
}

/** A key without its bytes, for people. */
export interface KeyNote {
  id: string
  isCurrent: boolean
  /** Wall time; null where keys carry no dates, as in the environment. */
  createdAt: Micros | null
  /** When another one became current. */
  retiredAt: Micros | null
}

/** What the operator's command line can do with a ring beside sealing and opening. */
export interface ManagedKeyRing extends KeyRing {
  /** Where the keys come from, for people: a path, or the setting's name. */
  readonly place: string
  /** The current one first. */
  notes(): Promise<KeyNote[]>
  /**
   * The key that this environment's records are to move to. A rotation that was begun and not ended goes on with the key
   * that is current: no other one is made.
   */
  beginRotation(environmentId: string): Promise<{ key: Key; goesOn: boolean }>
  /** Every record of this environment was tried. */
  endRotation(environmentId: string): Promise<void>
  isRotating(environmentId: string): Promise<boolean>
  /** Forgets a key for good; the caller has made sure that nothing is sealed with it. */
  drop(id: string): Promise<void>
}

/** A ring that cannot be used, or not in this way; one clear line that never holds a key. */
export class KeyRingProblem extends Error {
  override name = 'KeyRingProblem'
}

const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
export const isKeyId = (text: string): boolean => ID.test(text)

/** Base64 or base64url of exactly 32 bytes, or null. */
export function keyBytes(text: string): Uint8Array | null {
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(text)) return null
  const bytes = Buffer.from(text, 'base64')
  return bytes.length === KEY_BYTES ? new Uint8Array(bytes) : null
}
