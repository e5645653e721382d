// The key ring that lives in a file of the state folder, made on first start. Every process has it open at once: a key
// id that this one does not know is looked up in the file again, and what is sealed is sealed with the key that is
// current in the file at that moment.
import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { type Key, KeyRingProblem, type ManagedKeyRing } from '../custody/key-ring.ts'
import { bookOf, firstBook, type KeyBook, type KeyEntry, textOf, withNewKey } from './key-book.ts'
import { EmbeddedProblem } from './problem.ts'
import { makeSecret, readSecret, replaceSecret, withLock } from './secret-file.ts'
import { prepareStateDir } from './state-dir.ts'

export interface KeyFileOptions {
  /** False: a file that is not there yet is a problem. */
  create?: boolean
  now?: () => Date
}

/** @throws EmbeddedProblem with one clear line when the file is broken, open to others, or cannot be made. */
export function openKeyFile(path: string, o: KeyFileOptions = {}): ManagedKeyRing {
  const file = resolve(path)
  const now = o.now ?? (() => new Date())
  if (o.create === false) readBook(file)
  else if (read(file) === null) make(file, now())
  return new KeyFile(file, now)
}

class KeyFile implements ManagedKeyRing {
  readonly place: string
  readonly #now: () => Date
  /** Every key that was ever read. */
  readonly #known = new Map<string, Key>()

  constructor(path: string, now: () => Date) {
    this.place = path
    this.#now = now
    this.#read()
  }

  async current(): Promise<Key> {
    return currentOf(this.#read())
  }

  async get(id: string): Promise<Key | null> {
    if (!this.#known.has(id)) this.#look()
    return this.#known.get(id) ?? null
  }

  async ids(): Promise<string[]> {
    return (await this.notes()).map((note) => note.id)
  }

  async notes() {
    const { current, keys } = this.#read()
    return [...keys]
      .sort((a, b) => Number(b.id === current) - Number(a.id === current))
      .map(({ id, createdAt, retiredAt }) => ({
        ...{ id, isCurrent: id === current },
        createdAt: microsOf(createdAt),
        retiredAt: retiredAt === null ? null : microsOf(retiredAt),
      }))
  }

  async beginRotation(environmentId: string) {
    const goesOn = { key: null as Key | null }
    const book = await this.#change((found) => {
      if (found.rotating.includes(environmentId)) {
        goesOn.key = currentOf(found)
        return null
      }
      return { ...withNewKey(found, this.#now()), rotating: [...found.rotating, environmentId] }
    })
    return goesOn.key ? { key: goesOn.key, goesOn: true } : { key: currentOf(book), goesOn: false }
  }

  async endRotation(environmentId: string): Promise<void> {
    await this.#change((found) =>
      found.rotating.includes(environmentId)
        ? { ...found, rotating: found.rotating.filter((id) => id !== environmentId) }
        : null,
    )
  }

  async isRotating(environmentId: string): Promise<boolean> {
    return this.#read().rotating.includes(environmentId)
  }

  async drop(id: string): Promise<void> {
    await this.#change((found) => {
      if (!found.keys.some((key) => key.id === id))
        throw new KeyRingProblem(`No key is called ${id}. See: onetape keys list`)
      if (id === found.current)
        throw new KeyRingProblem(`The key ${id} is the current one: rotate first. See: onetape keys rotate`)
      return { ...found, keys: found.keys.filter((key) => key.id !== id) }
    })
  }

  #read(): KeyBook {
    const book = readBook(this.place)
    for (const { id, bytes } of book.keys) this.#known.set(id, { id, bytes })
    return book
  }

  /** A file that cannot be read for now has no further key: the records that need none of its go on. */
  #look(): void {
    try {
      this.#read()
    } catch (error) {
      if (!(error instanceof EmbeddedProblem)) throw error
    }
  }

  /** Null leaves the file as it is. */
  #change(change: (book: KeyBook) => KeyBook | null): Promise<KeyBook> {
    return withLock(this.place, () => {
      const found = this.#read()
      const changed = change(found)
      if (changed) replaceSecret(this.place, textOf(changed))
      return changed ?? found
    })
  }
}

function make(path: string, at: Date): void {
  if (!existsSync(dirname(path))) prepareStateDir(dirname(path))
  // Several processes start at once: one of them makes it, all read that one.
  for (let tries = 0; tries < 10 && read(path) === null; tries++) makeSecret(path, textOf(firstBook(at)))
}

function readBook(path: string): KeyBook {
  const book = read(path)
  if (book) return book
  throw new EmbeddedProblem(
    `There is no key file at ${path}: the API makes it when it starts. If it was there, bring it back from a copy.`,
  )
}

function read(path: string): KeyBook | null {
  const text = readSecret(path)
  if (text === null) return null
  const book = bookOf(text)
  if (typeof book !== 'string') return book
  throw new EmbeddedProblem(
    `The key file ${path} ${book}: bring it back from a copy, for what it sealed opens with nothing else.`,
  )
}

const keyOf = ({ id, bytes }: KeyEntry): Key => ({ id, bytes })
const currentOf = ({ current, keys }: KeyBook): Key => keyOf(keys.find((key) => key.id === current)!)
const microsOf = (iso: string): number => Date.parse(iso) * 1000
