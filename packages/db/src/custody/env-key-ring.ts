// A key ring from one setting, `id:base64,id:base64`: the first is current, the others open what is older.
import { isKeyId, type Key, KeyRingProblem, keyBytes, type ManagedKeyRing } from './key-ring.ts'

const FORM = 'expected id:key,id:key with keys of 32 bytes in base64'

/** What is wrong with the text, without a word of it; null when it can be used. */
export function keysProblem(text: string): string | null {
  const parsed = parseKeys(text)
  return typeof parsed === 'string' ? parsed : null
}

/** @throws KeyRingProblem with one clear line. */
export function envKeyRing(text: string, setting = 'ONETAPE_KEYS'): ManagedKeyRing {
  const keys = parseKeys(text)
  if (typeof keys === 'string') throw new KeyRingProblem(`${setting} ${keys}.`)
  const byId = new Map(keys.map((key) => [key.id, key]))
  const first = keys[0]!
  return {
    place: setting,
    current: async () => first,
    get: async (id) => byId.get(id) ?? null,
    ids: async () => keys.map((key) => key.id),
    notes: async () =>
      keys.map(({ id }) => ({ id, isCurrent: id === first.id, createdAt: null, retiredAt: null })),
    async beginRotation() {
      if (keys.length === 1)
        throw new KeyRingProblem(
          `${setting} holds one key alone: put a new one before it, start every process anew with both, then rotate.`,
        )
      return { key: first, goesOn: false }
    },
    endRotation: async () => {},
    isRotating: async () => false,
    async drop(id) {
      throw new KeyRingProblem(
        `The key ${id} is kept in ${setting}: no record uses it, so take it out there yourself.`,
      )
    },
  }
}

/** The keys, or what is wrong. */
function parseKeys(text: string): Key[] | string {
  const keys: Key[] = []
  for (const [index, part] of text.split(',').entries()) {
    const nth = `key ${index + 1}`
    const [, id, secret] = /^\s*([^:]*):(.*?)\s*$/s.exec(part) ?? []
    if (id === undefined || secret === undefined) return `holds no id before ${nth}: ${FORM}`
    if (!isKeyId(id)) return `has an id of ${nth} that is not made of letters, digits, dot, dash: ${FORM}`
    const bytes = keyBytes(secret)
    if (!bytes) return `holds a ${nth} that is not 32 bytes in base64: ${FORM}`
    if (keys.some((key) => key.id === id)) return `names two keys alike: ${nth} has the id of an earlier one`
    if (keys.some((key) => Buffer.from(key.bytes).equals(bytes)))
      return `holds one key under two ids: ${nth} is the same as an earlier one`
    keys.push({ id, bytes })
  }
  return keys
}
