// The API as a process: what it says to its launcher and to a person, and how it ends.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestDatabase, testDatabase } from '@onetape/db/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { endApi, MAIN, runApi, startApi } from './api-process.ts'

let database: TestDatabase
let stateDir: string
beforeAll(async () => {
  database = await testDatabase()
  stateDir = await mkdtemp(join(tmpdir(), 'onetape-state-'))
})
afterAll(async () => {
  await database?.drop()
  await rm(stateDir, { recursive: true })
})
const env = () => ({ DATABASE_URL: database.url, ONETAPE_STATE_DIR: stateDir, ONETAPE_PORT: '0' })

describe('a start that cannot be', () => {
  it('says in one line that the port is taken', async () => {
    const holder = createServer().listen(0, '127.0.0.1')
    await once(holder, 'listening')
    const port = String((holder.address() as AddressInfo).port)
    const { code, stderr } = await runApi({ ...env(), ONETAPE_PORT: port })
    holder.close()
    expect(code).toBe(1)
    expect(stderr).toBe(
      `Port ${port} on 127.0.0.1 is taken by another program. Stop it, or set ONETAPE_PORT to a free port.\n`,
    )
  })

  it('says in one line which setting is wrong', async () => {
    const { code, stderr } = await runApi({ ...env(), ONETAPE_PORT: 'http' })
    expect([code, stderr]).toEqual([
      1,
      'Settings cannot be used: ONETAPE_PORT is not a port number. See .env.example.\n',
    ])
  })

  it('says in one line that the database is of the other mode, or not there', async () => {
    const other = await runApi({ ...env(), ONETAPE_MODE: 'live' })
    expect(other.code).toBe(1)
    expect(other.stderr).toMatch(/^[^\n]+\n$/)
    const absent = await runApi({ ...env(), DATABASE_URL: 'postgres://me:hunter2@127.0.0.1:1/nothing' })
    expect(absent.code).toBe(1)
    expect(absent.stderr).toMatch(/^[^\n]+\n$/)
    expect(absent.stderr).not.toContain('hunter2')
  })
})

describe('a live OneTape that nobody runs yet', () => {
  const CODE = /[2-9A-HJ-NP-Z]{4}(-[2-9A-HJ-NP-Z]{4}){3}/
  let live: TestDatabase
  beforeAll(async () => {
    live = await testDatabase({ mode: 'live' })
  })
  afterAll(() => live?.drop())
  const liveEnv = () => ({
    ...env(),
    DATABASE_URL: live.url,
    ONETAPE_MODE: 'live',
    ONETAPE_LOG_LEVEL: 'trace',
  })
  const signUp = (port: number, body: object) => {
    const origin = `http://127.0.0.1:${port}`
    return fetch(`${origin}/api/auth/sign-up/email`, {
      method: 'POST',
      headers: { origin, 'content-type': 'application/json' },
      body: JSON.stringify({
        name: 'Olga',
        email: 'olga@example.com',
        password: 'seven green bottles',
        ...body,
      }),
    })
  }

  it('hands the code to its launcher, else prints it; another each time, and never into its log', async () => {
    const alone = spawn(process.execPath, [MAIN], {
      env: { PATH: process.env.PATH, ...liveEnv() },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const [printed] = (await once(alone.stdout!, 'data')) as [Buffer]
    const exited = once(alone, 'exit')
    alone.kill('SIGTERM')
    await exited
    const first = CODE.exec(printed.toString())?.[0]
    expect(first).toBeDefined()
    const api = await startApi(liveEnv())
    const { operatorCode } = api.ready as { operatorCode: string }
    expect(operatorCode).toMatch(CODE)
    expect(operatorCode).not.toBe(first)
    expect((await signUp(api.port, { code: first })).status).toBe(400)
    expect((await signUp(api.port, { code: operatorCode })).status).toBe(200)
    await endApi(api, 'SIGTERM')
    expect(api.stderr()).not.toContain(operatorCode)
    const next = await startApi(liveEnv())
    await endApi(next, 'SIGTERM')
    expect(next.ready).toEqual({ type: 'ready', port: next.port })
  })
})

describe('an end', () => {
  it('comes on SIGTERM, in good order, with a stream open', async () => {
    const api = await startApi(env())
    const stream = await fetch(`http://127.0.0.1:${api.port}/trpc/quotes.live?input=%7B%7D`)
    const ended = stream.text()
    expect(await endApi(api, 'SIGTERM')).toBe(0)
    expect(await ended).toContain('serialized-error')
  })

  it('comes when the launcher says shutdown', async () => {
    const api = await startApi(env())
    const exited = once(api.child, 'exit')
    api.child.send({ type: 'shutdown' })
    expect((await exited)[0]).toBe(0)
  })

  it('comes by itself when the launcher is gone', async () => {
    const api = await startApi(env())
    const exited = once(api.child, 'exit')
    api.child.disconnect()
    expect((await exited)[0]).toBe(0)
  })
})
