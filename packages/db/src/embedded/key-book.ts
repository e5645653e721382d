// What stands in the key file, as text and back: keys with their dates, which one is current, who is rotating.
import { randomBytes } from 'node:crypto'
import { isKeyId, KEY_BYTES, type Key, keyBytes } from '../custody/key-ring.ts'

export interface KeyEntry extends Key {
  /** ISO, wall time. */
  createdAt: string
  retiredAt: string | null
}

export interface KeyBook {
  current: string
  /** Never empty; the newest first. */
  keys: KeyEntry[]
  /** Environments whose records are being moved to the current key. */
  rotating: string[]
}

const VERSION = 1
const ABOUT =
  "These keys open the credentials of OneTape's users. Keep this file secret, and a copy of it in a safe place apart from the database's."

export const firstBook = (at: Date): KeyBook => {
  const key = newEntry(at)
  return { current: key.id, keys: [key], rotating: [] }
}

export function withNewKey(book: KeyBook, at: Date): KeyBook {
  const key = newEntry(at)
  const retire = (entry: KeyEntry) =>
    entry.id === book.current ? { ...entry, retiredAt: at.toISOString() } : entry
  return { ...book, current: key.id, keys: [key, ...book.keys.map(retire)] }
}

const newEntry = (at: Date): KeyEntry => ({
  id: `k${at.toISOString().slice(0, 10).replaceAll('-', '')}-${randomBytes(4).toString('hex')}`,
  bytes: new Uint8Array(randomBytes(KEY_BYTES)),
  createdAt: at.toISOString(),
  retiredAt: null,
})

export function textOf({ current, keys, rotating }: KeyBook): string {
  const entries = keys.map(({ id, bytes, createdAt, retiredAt }) => ({
    ...{ id, key: Buffer.from(bytes).toString('base64'), createdAt, retiredAt },
  }))
  return `${JSON.stringify({ about: ABOUT, version: VERSION, current, rotating, keys: entries }, null, 2)}\n`
}

/** The book, or what is wrong with the text, without a word of it. */
export function bookOf(text: string): KeyBook | string {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return 'is not whole'
  }
  if (!isRecord(value)) return 'is no key file'
  if (typeof value.version === 'number' && value.version > VERSION)
    return 'was written by a newer OneTape; update this one'
  if (value.version !== VERSION || !Array.isArray(value.keys) || !Array.isArray(value.rotating))
    return 'is no key file'
  const keys = value.keys.map(entryOf)
  if (!keys.every((key) => key !== null))
    return `holds a key that cannot be used (number ${keys.indexOf(null) + 1})`
  if (new Set(keys.map((key) => key.id)).size < keys.length) return 'names two keys alike'
  if (!keys.some((key) => key.id === value.current)) return 'does not hold the key that it names as current'
  return { current: value.current as string, keys, rotating: value.rotating.map(String) }
}

function entryOf(value: unknown): KeyEntry | null {
  if (!isRecord(value)) return null
  const { id, key, createdAt, retiredAt } = value
  const bytes = typeof key === 'string' ? keyBytes(key) : null
  if (typeof id !== 'string' || !isKeyId(id) || !bytes || !isInstant(createdAt)) return null
  if (retiredAt !== null && !isInstant(retiredAt)) return null
  return { id, bytes, createdAt, retiredAt }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isInstant = (value: unknown): value is string =>
  typeof value === 'string' && !Number.isNaN(Date.parse(value))
