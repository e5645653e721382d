import { type ChildProcess, spawn } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { KeyRingProblem } from '../custody/key-ring.ts'
import { openKeyFile } from './key-file.ts'
import { openKeyRing } from './key-ring.ts'
import { EmbeddedProblem } from './problem.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'onetape-keys-'))
  path = join(folder, 'state', 'keys.json')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const written = () => JSON.parse(readFileSync(path, 'utf8'))
const leftovers = () => readdirSync(join(folder, 'state')).filter((name) => name.includes('draft'))
const PROCESSES = 6

/** All at one moment: each is told to go once all are up. */
async function together(doing: 'open' | 'rotate') {
  const script = fileURLToPath(new URL('./fixtures/open-key-file.ts', import.meta.url))
  const children = Array.from({ length: PROCESSES }, () => {
    const child: ChildProcess = spawn(process.execPath, [script, path, doing], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    return { child, lines: createInterface({ input: child.stdout! })[Symbol.asyncIterator]() }
  })
  for (const { lines } of children) expect((await lines.next()).value).toBe('ready')
  for (const { child } of children) child.stdin!.end('go\n')
  return await Promise.all(
    children.map(async ({ lines }) => JSON.parse((await lines.next()).value!) as Record<string, unknown>),
  )
}

describe('the key file', () => {
  it('is made on first start, with its folder, for its owner alone', async () => {
    const ring = openKeyFile(path, { now: () => new Date('2026-02-20T10:00:00Z') })
    const key = await ring.current()
    expect(key.bytes).toHaveLength(32)
    expect(key.id).toMatch(/^k20260220-[0-9a-f]{8}$/)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(leftovers()).toEqual([])
    expect(await openKeyFile(path).current()).toEqual(key)
    expect(await ring.notes()).toEqual([
      { id: key.id, isCurrent: true, createdAt: Date.parse('2026-02-20T10:00:00Z') * 1000, retiredAt: null },
    ])
  })

  it('is one file for processes that start at the same instant', async () => {
    const seen = await together('open')
    expect(new Set(seen.map((s) => s.key)).size).toBe(1)
    expect(written().keys).toHaveLength(1)
    expect(leftovers()).toEqual([])
  })

  it('gets one new key from processes that rotate at the same instant', async () => {
    const before = await openKeyFile(path).current()
    const seen = await together('rotate')
    expect(new Set(seen.map((s) => s.id)).size).toBe(1)
    expect(seen.filter((s) => !s.goesOn)).toHaveLength(1)
    expect(written().keys.map((k: { id: string }) => k.id)).toEqual([seen[0]!.id, before.id])
  })

  it.each([0o644, 0o640, 0o604, 0o660, 0o602, 0o601])(
    'is refused with mode %o, and left as it is',
    (mode) => {
      openKeyFile(path)
      chmodSync(path, mode)
      const before = readFileSync(path)
      expect(() => openKeyFile(path)).toThrow(EmbeddedProblem)
      expect(() => openKeyFile(path)).toThrow(
        `is open to other users (mode 0${mode.toString(8)}): run chmod 600 on it`,
      )
      expect(readFileSync(path)).toEqual(before)
    },
  )

  it('may be read-only for its owner', async () => {
    const key = await openKeyFile(path).current()
    chmodSync(path, 0o400)
    expect(await openKeyFile(path).current()).toEqual(key)
  })

  it.each([
    ['empty', () => ''],
    ['cut short', (text: string) => text.slice(0, text.length / 2)],
    ['no object', () => '[1, 2]'],
    ['something else', () => '{"hello": "world"}'],
    ['of a newer kind', (text: string) => text.replace('"version": 1', '"version": 2')],
    ['without keys', (text: string) => JSON.stringify({ ...JSON.parse(text), keys: [] })],
    ['with a key cut short', (text: string) => text.replace(/("key": ".{20}).*"/, '$1"')],
    ['with a date that is none', (text: string) => text.replace(/("createdAt": ").*"/, '$1yesterday"')],
    ['with a current key that it lacks', (text: string) => text.replace(/("current": ").*"/, '$1other"')],
    [
      'with two keys alike',
      (text: string) => {
        const book = JSON.parse(text)
        return JSON.stringify({ ...book, keys: [...book.keys, ...book.keys] })
      },
    ],
  ])('is refused when it is %s, without a word of it, and left as it is', (_, change) => {
    openKeyFile(path)
    const broken = change(readFileSync(path, 'utf8'))
    writeFileSync(path, broken)
    expect(() => openKeyFile(path)).toThrow(
      expect.toSatisfy((error: unknown) => {
        if (!(error instanceof EmbeddedProblem)) return false
        const words = broken.match(/[A-Za-z0-9+/=-]{10,}/g) ?? []
        return !error.message.includes('\n') && words.every((word) => !error.message.includes(word))
      }),
    )
    expect(readFileSync(path, 'utf8')).toBe(broken)
  })

  it('says in one line when it is not there and shall not be made', () => {
    expect(() => openKeyRing({ file: path, create: false })).toThrow(`There is no key file at ${path}`)
    expect(existsSync(path)).toBe(false)
    expect(() => openKeyFile(folder)).toThrow('it is a folder')
  })

  it('is read again when an id is not known, and for each new seal', async () => {
    const api = openKeyFile(path)
    const old = await api.current()
    const { key } = await openKeyFile(path).beginRotation('tape')
    expect(await api.get(key.id)).toEqual(key)
    expect(await api.current()).toEqual(key)
    expect(await api.get(old.id)).toEqual(old)
    expect(await api.ids()).toEqual([key.id, old.id])
    expect(await api.get('stranger')).toBe(null)
  })

  it('opens what it knows while the file is away or broken, and seals nothing then', async () => {
    const api = openKeyFile(path)
    const key = await api.current()
    writeFileSync(path, 'x')
    expect(await api.get(key.id)).toEqual(key)
    expect(await api.get('stranger')).toBe(null)
    await expect(api.current()).rejects.toThrow('bring it back from a copy')
    rmSync(path)
    expect(await api.get('stranger')).toBe(null)
    await expect(api.current()).rejects.toThrow('There is no key file')
    expect(existsSync(path)).toBe(false)
  })

  it('goes on with a rotation that was begun, one for each environment that shares the file', async () => {
    const ring = openKeyFile(path)
    const first = await ring.current()
    const begun = await ring.beginRotation('demo')
    expect(begun.goesOn).toBe(false)
    expect(await openKeyFile(path).beginRotation('demo')).toEqual({ key: begun.key, goesOn: true })
    expect(await ring.isRotating('live')).toBe(false)
    await ring.endRotation('live')
    expect(await ring.isRotating('demo')).toBe(true)
    const other = await ring.beginRotation('live')
    expect(other.goesOn).toBe(false)
    expect(await ring.beginRotation('demo')).toEqual({ key: other.key, goesOn: true })
    await ring.endRotation('demo')
    expect(await ring.isRotating('demo')).toBe(false)
    expect(await ring.ids()).toEqual([other.key.id, begun.key.id, first.id])
    expect((await ring.notes()).map((note) => note.retiredAt === null)).toEqual([true, false, false])
  })

  it('drops what is not current, with the drafts that a killed process left', async () => {
    const ring = openKeyFile(path)
    const old = await ring.current()
    const { key } = await ring.beginRotation('tape')
    writeFileSync(`${path}.draft-1-abc`, 'half of a file')
    await expect(ring.drop(key.id)).rejects.toThrow(KeyRingProblem)
    await expect(ring.drop('stranger')).rejects.toThrow('No key is called stranger')
    await ring.drop(old.id)
    expect(await openKeyFile(path).ids()).toEqual([key.id])
    expect(readFileSync(path, 'utf8')).not.toContain(Buffer.from(old.bytes).toString('base64'))
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(leftovers()).toEqual([])
  })
})
