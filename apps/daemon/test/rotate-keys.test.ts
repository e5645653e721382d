// `onetape keys rotate` as processes meet it: killed at every point and run again; beside a process that goes on sealing
// and opening. At every moment every record opens through a ring that is opened afresh.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { openKeyFile, tryLock } from '@onetape/db/embedded'
import { type TestDatabase, testDatabase } from '@onetape/db/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { addSealed, addUser, allSealed, notOpening, type SealedAccount } from './custody-scene.ts'

const RECORDS = 60
/** Of rotate-keys.ts: a batch is done before the next begins. */
const BATCH_ROWS = 25
const CLI = fileURLToPath(new URL('../src/cli.ts', import.meta.url))
const SEAL_ON = fileURLToPath(new URL('./fixtures/seal-on.ts', import.meta.url))

let t: TestDatabase
let folder: string
let file: string
const children = new Set<ChildProcess>()
beforeAll(async () => {
  t = await testDatabase()
  await addUser(t.db, 'ann')
}, 120_000)
afterAll(() => t.drop())
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'onetape-rotate-'))
  file = join(folder, 'keys.json')
})
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL')
  await t.db.pool.query('delete from broker_connections')
  rmSync(folder, { recursive: true, force: true })
})

function run(script: string, ...args: string[]) {
  const child = spawn(process.execPath, [script, ...args], {
    env: { ...process.env, DATABASE_URL: t.url, ONETAPE_STATE_DIR: folder, ONETAPE_KEYS: '' },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  children.add(child)
  const said = { stdout: '', stderr: '' }
  child.stdout.on('data', (text) => {
    said.stdout += text
  })
  child.stderr.on('data', (text) => {
    said.stderr += text
  })
  const ended = once(child, 'close').then(([code]) => ({ code, ...said }))
  return { child, ended, lines: () => createInterface({ input: child.stdout }) }
}

/** To its end. */
async function rotate() {
  const { code, stdout, stderr } = await run(CLI, 'keys', 'rotate', '--json').ended
  expect({ code, stderr: stderr.match(/^onetape: .*/m)?.[0] }).toEqual({ code: 0, stderr: undefined })
  return JSON.parse(stdout) as { keyId: string; goesOn: boolean; moved: number; unreadable: unknown[] }
}

async function until(what: string, look: () => Promise<unknown>): Promise<void> {
  for (const end = Date.now() + 40_000; !(await look()); await delay(50))
    if (Date.now() > end) throw new Error(`waited in vain for: ${what}`)
}

const sessionOfCli = async (condition: string) =>
  (
    await t.db.pool.query(
      `select 1 from pg_stat_activity where application_name = 'onetape command line' and datname = current_database() and ${condition}`,
    )
  ).rows.length > 0
const waitsForRow = () => until('it waits for a record', () => sessionOfCli(`wait_event_type = 'Lock'`))
const underKey = async (id: string) => (await allSealed(t.db)).filter((row) => row.keyId === id).length
const book = () =>
  JSON.parse(readFileSync(file, 'utf8')) as { current: string; rotating: string[]; keys: unknown[] }

async function kill(cli: ReturnType<typeof run>): Promise<void> {
  cli.child.kill('SIGKILL')
  expect(await cli.ended).toMatchObject({ code: null })
}

/** What somebody else holds while `work` runs. */
async function holding<T>(sourceIds: readonly string[], work: () => Promise<T>): Promise<T> {
  const client = await t.db.pool.connect()
  try {
    await client.query('begin')
    await client.query('select from user_data_sources where id = any ($1::uuid[]) for update', [sourceIds])
    return await work()
  } finally {
    await client.query('rollback')
    client.release()
  }
}

/** Runs it while these records are held by somebody else, and kills it there. */
async function killAtRecords(sourceIds: readonly string[]): Promise<void> {
  await holding(sourceIds, async () => {
    const cli = run(CLI, 'keys', 'rotate')
    await waitsForRow()
    await kill(cli)
  })
}

async function seal(count: number): Promise<SealedAccount[]> {
  const ring = openKeyFile(file)
  const accounts: SealedAccount[] = []
  for (let n = 0; n < count; n++)
    accounts.push(await addSealed(t.db, ring, { userId: 'ann', name: `polygon:${n}` }))
  return accounts.sort((a, b) => a.sourceId.localeCompare(b.sourceId))
}

describe('onetape keys rotate', { timeout: 300_000 }, () => {
  it('killed at any point and run again, loses no record and makes no further key', async () => {
    const accounts = await seal(RECORDS)
    const old = book().current
    const expectWhole = async () => expect(await notOpening(t.db, openKeyFile(file), accounts)).toEqual([])

    // Before the key file is touched.
    const lock = tryLock(`${file}.lock`)!
    const first = run(CLI, 'keys', 'rotate')
    await until('it has counted the records', () =>
      sessionOfCli(`state = 'idle' and query like '%from user_data_sources%'`),
    )
    await kill(first)
    lock.release()
    expect(book()).toMatchObject({ current: old, rotating: [] })
    await expectWhole()

    // Between the key file and the first record.
    await killAtRecords(accounts.map((a) => a.sourceId))
    const { current } = book()
    expect(current).not.toBe(old)
    expect(book().rotating).toHaveLength(1)
    await expectWhole()

    // In the middle of a batch, of a later one, of the last one.
    for (const at of [12, 30, RECORDS - 1]) {
      await killAtRecords([accounts[at]!.sourceId])
      const batches = Math.floor(at / BATCH_ROWS) * BATCH_ROWS
      expect(await underKey(current)).toBeGreaterThanOrEqual(batches)
      expect(book()).toMatchObject({ current, keys: { length: 2 }, rotating: { length: 1 } })
      await expectWhole()
    }

    // After the last record, before the end is written with the keys.
    const ring = openKeyFile(file)
    const behind = { current: async () => (await ring.get(old))!, get: ring.get, ids: ring.ids }
    const late = await addSealed(t.db, behind, { userId: 'ann', name: 'late' })
    accounts.push(late)
    const last = await killBeforeTheEnd(late.sourceId)
    expect(last).toBe(RECORDS + 1)
    expect(book()).toMatchObject({ current, keys: { length: 2 }, rotating: { length: 1 } })
    await expectWhole()

    expect(await rotate()).toEqual({ keyId: current, goesOn: true, moved: 0, unreadable: [] })
    expect(book()).toMatchObject({ current, keys: { length: 2 }, rotating: [] })
    await expectWhole()

    // What is ended is not gone on with.
    const next = await rotate()
    expect(next).toMatchObject({ goesOn: false, moved: RECORDS + 1 })
    expect(book()).toMatchObject({ current: next.keyId, keys: { length: 3 } })
    await expectWhole()
  })

  /** Held at its last record until the key file is locked; then it moves that one and cannot write the end. */
  async function killBeforeTheEnd(sourceId: string): Promise<number> {
    let cli: ReturnType<typeof run>
    const lock = await holding([sourceId], async () => {
      cli = run(CLI, 'keys', 'rotate')
      await waitsForRow()
      return tryLock(`${file}.lock`)!
    })
    const { current } = book()
    await until('every record is moved', async () => (await underKey(current)) === RECORDS + 1)
    await kill(cli!)
    lock.release()
    return await underKey(current)
  }

  it('goes on beside a process that seals and opens all the while, and loses none of its edits', async () => {
    const accounts = await seal(6)
    const api = run(SEAL_ON, t.url, file, 'ann')
    await once(api.lines(), 'line')
    const ids = new Set([book().current])
    for (let n = 0; n < 2; n++) {
      const { keyId, unreadable } = await rotate()
      expect(unreadable).toEqual([])
      ids.add(keyId)
      expect(await underKey(keyId)).toBe(accounts.length)
    }
    expect(ids.size).toBe(3)
    api.child.stdin.end()
    const { code, stdout, stderr } = await api.ended
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const { rounds, written, failures } = JSON.parse(stdout.trim().split('\n').at(-1)!)
    expect(failures).toEqual([])
    expect(rounds).toBeGreaterThan(accounts.length * 2)
    const last = accounts.map((account) => ({ ...account, credentials: written[account.sourceId] }))
    expect(await notOpening(t.db, openKeyFile(file), last)).toEqual([])
  })
})
