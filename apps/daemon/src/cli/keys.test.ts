// `onetape keys` as an operator meets it: with a key file and with keys in the environment, on records that open and on
// some that do not.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { envKeyRing, type KeyRing } from '@onetape/db'
import { openKeyFile } from '@onetape/db/embedded'
import { type TestDatabase, testDatabase } from '@onetape/db/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { addSealed, addUser, allSealed, notOpening, type SealedAccount } from '../../test/custody-scene.ts'
import { runCli } from './program.ts'

let t: TestDatabase
let folder: string
let file: string
beforeAll(async () => {
  t = await testDatabase()
  await addUser(t.db, 'ann')
  await addUser(t.db, 'bob')
}, 120_000)
afterAll(() => t.drop())
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'onetape-keys-'))
  file = join(folder, 'keys.json')
  vi.stubEnv('DATABASE_URL', t.url)
  vi.stubEnv('ONETAPE_STATE_DIR', folder)
  vi.stubEnv('ONETAPE_KEYS', '')
})
afterEach(async () => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
  await t.db.pool.query('delete from broker_connections')
  await t.db.pool.query('delete from events')
})

async function onetape(...args: string[]) {
  return await told(args, new AbortController().signal)
}

async function told(args: string[], signal: AbortSignal, onErr: (text: string) => void = () => {}) {
  const said = { stdout: '', stderr: '' }
  const code = await runCli(args, {
    out: (text) => {
      said.stdout += text
    },
    err: (text) => {
      said.stderr += text
      onErr(text)
    },
    terminal: false,
    signal,
  })
  return { code, ...said }
}
const asJson = async (...args: string[]) => JSON.parse((await onetape('keys', ...args, '--json')).stdout)

const keyText = () => randomBytes(32).toString('base64')
const fill = (ring: KeyRing, count = 3): Promise<SealedAccount[]> =>
  Promise.all(
    Array.from({ length: count }, (_, n) =>
      addSealed(t.db, ring, { userId: n % 2 ? 'bob' : 'ann', name: n < 2 ? 'polygon' : `polygon:${n}` }),
    ),
  )
const spoil = (sourceId: string) =>
  t.db.pool.query(
    `update user_data_sources set sealed = set_byte(sealed, 80, 255 - get_byte(sealed, 80)) where id = $1`,
    [sourceId],
  )
/** As if the rotation were long over. */
function settle(): void {
  const book = JSON.parse(readFileSync(file, 'utf8'))
  for (const key of book.keys) if (key.retiredAt) key.retiredAt = '2026-01-02T03:04:05.000Z'
  writeFileSync(file, JSON.stringify(book))
}

describe('onetape keys with a key file', () => {
  it('lists them, and which records need each', async () => {
    const ring = openKeyFile(file)
    await fill(ring)
    const [id] = await ring.ids()
    expect((await onetape('keys')).stdout).toMatch(
      new RegExp(`^Keys in ${file}\n.*\n${id} +current +\\d{4}-\\d\\d-\\d\\d +3\n$`),
    )
    expect(await asJson('list')).toMatchObject({
      rotating: false,
      keys: [{ id, isCurrent: true, retiredAt: null, records: 3 }],
      missing: [],
      unreadable: [],
    })
  })

  it('rotates: a new key, every record under it, the old one kept until it is dropped', async () => {
    const ring = openKeyFile(file)
    const accounts = await fill(ring, 60)
    const [old] = await ring.ids()
    const { code, stdout, stderr } = await onetape('keys', 'rotate')
    const now = (await ring.current()).id
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `60 records are sealed with the key ${now} now. The old keys stay until they are dropped.\n`,
    })
    expect(stderr).toMatch(`Rotating to the key ${now}: 60 records to move.\n`)
    expect(stderr).toMatch(/60\/60 records, 0 s left/)
    expect(new Set((await allSealed(t.db)).map((row) => row.keyId))).toEqual(new Set([now]))
    expect(await notOpening(t.db, openKeyFile(file), accounts)).toEqual([])
    expect((await asJson('list')).keys).toMatchObject([
      { id: now, isCurrent: true, records: 60 },
      { id: old, isCurrent: false, records: 0, retiredAt: expect.stringMatching(/^20\d\d-/) },
    ])
    settle()
    expect(await onetape('keys', 'drop', old!)).toMatchObject({
      code: 0,
      stdout: `The key ${old} is gone.\n`,
    })
    expect(await openKeyFile(file).ids()).toEqual([now])
    expect(await notOpening(t.db, openKeyFile(file), accounts)).toEqual([])
    const { rows } = await t.db.pool.query('select kind, detail from events order by id')
    expect(rows.map((row) => row.kind)).toEqual(['keys.rotated', 'keys.dropped'])
  })

  it('does not drop a key that is current, needed or unknown', async () => {
    const ring = openKeyFile(file)
    const [first] = await fill(ring)
    const [old] = await ring.ids()
    expect(await onetape('keys', 'drop', old!)).toMatchObject({
      code: 1,
      stderr: `onetape: The key ${old} is the current one. Make another first: onetape keys rotate\n`,
    })
    await spoil(first!.sourceId)
    await onetape('keys', 'rotate')
    settle()
    expect(await onetape('keys', 'drop', old!)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`1 record is sealed with the key ${old}: run onetape keys rotate`),
    })
    expect(await onetape('keys', 'drop', 'k1')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('holds no key k1'),
    })
    expect(await openKeyFile(file).ids()).toHaveLength(2)
  })

  it('waits with a key that was current a moment ago, and can be stopped while it waits', async () => {
    const ring = openKeyFile(file)
    const [old] = await ring.ids()
    await onetape('keys', 'rotate')
    const stop = new AbortController()
    const { code, stderr } = await told(['keys', 'drop', old!], stop.signal, () => stop.abort())
    expect(code).toBe(130)
    expect(stderr).toMatch(/^Waiting \d+ s: what was sealed with it just before is still being written\.\n/)
    expect(await ring.ids()).toHaveLength(2)
  })

  it('shows what does not open, whose and why, moves the others, and says so by its exit code', async () => {
    const ring = openKeyFile(file)
    const [changed, ...accounts] = await fill(ring, 4)
    const stranger = await addSealed(t.db, envKeyRing(`gone:${keyText()}`), { userId: 'bob', name: 'alpaca' })
    await spoil(changed!.sourceId)
    const { code, stdout } = await onetape('keys', 'rotate')
    expect(code).toBe(1)
    expect(stdout).toContain('3 records are sealed with the key')
    expect(stdout).toContain('2 records do not open.')
    expect(stdout).toMatch(/Ann <ann@example.org> +polygon +It does not open with its key k\d+/)
    expect(stdout).toMatch(
      /Bob <bob@example.org> +alpaca +It is sealed with the key gone, which is not at hand/,
    )
    expect(await notOpening(t.db, openKeyFile(file), accounts)).toEqual([])
    const list = await asJson('list')
    expect(list).toMatchObject({ rotating: false, missing: [{ id: 'gone', records: 1 }] })
    expect(list.unreadable).toHaveLength(2)
    expect(list.unreadable).toContainEqual({
      userId: 'bob',
      sourceId: stranger.sourceId,
      keyId: 'gone',
      kind: 'unknown_key',
      owner: { source: 'alpaca', user: { id: 'bob', name: 'Bob', email: 'bob@example.org' } },
      why: expect.stringContaining('not at hand'),
    })
    expect((await onetape('keys', 'list')).stdout).toMatch(/^gone +missing +1$/m)
  })

  it('is refused in one line without the right key file, and makes none', async () => {
    const nowhere = { code: 1, stderr: expect.stringMatching(/^onetape: There is no key file at [^\n]+\n$/) }
    for (const verb of ['list', 'rotate']) expect(await onetape('keys', verb)).toMatchObject(nowhere)
    await fill(envKeyRing(`elsewhere:${keyText()}`))
    const ring = openKeyFile(file)
    expect(await onetape('keys', 'rotate')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(
        `${file} holds none of the keys that the stored credentials are sealed with (elsewhere)`,
      ),
    })
    expect(await ring.ids()).toHaveLength(1)
  })

  it('makes a new key where nothing is sealed yet', async () => {
    const ring = openKeyFile(file)
    expect(await onetape('keys', 'rotate')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^No record had to move/),
    })
    expect(await ring.ids()).toHaveLength(2)
  })

  it.each([[['keys', 'frobnicate']], [['keys', 'drop']], [['keys', 'rotate', '--fast']]])(
    '%j is a wrong command line',
    async (args) => {
      const { code, stdout, stderr } = await onetape(...args)
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
      expect(stderr).toMatch(/^onetape: .+\n$/)
    },
  )
})

describe('onetape keys with keys in the environment', () => {
  const [a, b] = [`a:${keyText()}`, `b:${keyText()}`]

  it('rotates to the first, once it holds both', async () => {
    const accounts = await fill(envKeyRing(a))
    vi.stubEnv('ONETAPE_KEYS', a)
    expect(await onetape('keys', 'rotate')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('ONETAPE_KEYS holds one key alone: put a new one before it'),
    })
    vi.stubEnv('ONETAPE_KEYS', b)
    expect(await onetape('keys', 'rotate')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('ONETAPE_KEYS holds none of the keys that'),
    })
    expect(new Set((await allSealed(t.db)).map((row) => row.keyId))).toEqual(new Set(['a']))
    vi.stubEnv('ONETAPE_KEYS', `${b},${a}`)
    for (const moved of [3, 0])
      expect(await asJson('rotate')).toEqual({ keyId: 'b', goesOn: false, moved, unreadable: [] })
    expect(await notOpening(t.db, envKeyRing(b), accounts)).toEqual([])
    expect(await onetape('keys', 'drop', 'a')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('take it out there yourself'),
    })
    expect((await onetape('keys')).stdout).toMatch(
      /^Keys in ONETAPE_KEYS\n.*\nb +current +3\na +retired +0\n$/,
    )
  })

  it('refuses a text that is none, without a word of it', async () => {
    const secret = keyText().slice(3)
    vi.stubEnv('ONETAPE_KEYS', `${a},b:${secret}`)
    const { code, stderr } = await onetape('keys', 'list')
    expect(code).toBe(1)
    expect(stderr).toMatch(
      /^onetape: Settings cannot be used: ONETAPE_KEYS holds a key 2 that is not 32 bytes/,
    )
    expect(stderr).not.toContain(secret)
  })
})
