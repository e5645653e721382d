// One sealed record: a data key of its own seals the content, a key of the ring seals the data key. So another key of
// the ring can take over without the content being touched. XChaCha20-Poly1305 twice, nonces random:
//   version (1) | nonce (24) | sealed data key (32 + 16) | nonce (24) | sealed content (n + 16)
// What the record belongs to is bound to both as associated data, the ring key's id to the data key.
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js'
import { randomBytes } from '@noble/ciphers/utils.js'
import { KEY_BYTES, type Key } from './key-ring.ts'

/** Whose record it is; one that is copied elsewhere does not open. */
export interface Belonging {
  userId: string
  sourceId: string
}

const VERSION = 1
const NONCE_BYTES = 24
const TAG_BYTES = 16
const KEY_AT = 1
const CONTENT_AT = KEY_AT + NONCE_BYTES + KEY_BYTES + TAG_BYTES
const SEALED_MIN = CONTENT_AT + NONCE_BYTES + TAG_BYTES

export function sealEnvelope(key: Key, o: Belonging & { content: Uint8Array }): Buffer {
  const dataKey = randomBytes(KEY_BYTES)
  try {
    return join(sealDataKey(key, { ...o, dataKey }), seal(dataKey, contentBinding(o), o.content))
  } finally {
    dataKey.fill(0)
  }
}

/** @throws where anything was changed, belongs to another, or was sealed with another key. */
export function openEnvelope(key: Key, o: Belonging & { sealed: Uint8Array }): Uint8Array {
  const dataKey = openDataKey(key, o)
  try {
    return open(dataKey, contentBinding(o), o.sealed.subarray(CONTENT_AT))
  } finally {
    dataKey.fill(0)
  }
}

/** The same sealed content under another key of the ring, once it is sure that it opens. @throws like openEnvelope. */
export function rewrapEnvelope(key: Key, o: Belonging & { sealed: Uint8Array; to: Key }): Buffer {
  openEnvelope(key, o).fill(0)
  const dataKey = openDataKey(key, o)
  try {
    return join(sealDataKey(o.to, { ...o, dataKey }), o.sealed.subarray(CONTENT_AT))
  } finally {
    dataKey.fill(0)
  }
}

const sealDataKey = (key: Key, o: Belonging & { dataKey: Uint8Array }): Uint8Array =>
  seal(key.bytes, keyBinding(key.id, o), o.dataKey)

function openDataKey(key: Key, o: Belonging & { sealed: Uint8Array }): Uint8Array {
  const { sealed } = o
  if (sealed.length < SEALED_MIN) throw new Error('too short')
  if (sealed[0] !== VERSION) throw new Error('of another version')
  return open(key.bytes, keyBinding(key.id, o), sealed.subarray(KEY_AT, CONTENT_AT))
}

function seal(key: Uint8Array, binding: Uint8Array, content: Uint8Array): Uint8Array {
  const nonce = randomBytes(NONCE_BYTES)
  return Buffer.concat([nonce, xchacha20poly1305(key, nonce, binding).encrypt(content)])
}

const open = (key: Uint8Array, binding: Uint8Array, sealed: Uint8Array): Uint8Array =>
  xchacha20poly1305(key, sealed.subarray(0, NONCE_BYTES), binding).decrypt(sealed.subarray(NONCE_BYTES))

const join = (dataKey: Uint8Array, content: Uint8Array): Buffer =>
  Buffer.concat([Uint8Array.of(VERSION), dataKey, content])

/** As JSON, so that no two lists of names make the same bytes. */
const bindingOf = (...names: string[]): Uint8Array =>
  new TextEncoder().encode(JSON.stringify(['onetape', VERSION, ...names]))
const keyBinding = (keyId: string, { userId, sourceId }: Belonging) =>
  bindingOf('data key', userId, sourceId, keyId)
const contentBinding = ({ userId, sourceId }: Belonging) => bindingOf('credentials', userId, sourceId)
