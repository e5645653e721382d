// The API as a process: what it says to its launcher and to a person, and how it ends.
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { type TestDatabase, testDatabase } from '@onetape/db/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { endApi, runApi, startApi } from './api-process.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(async () => {
  await database?.drop()
})
const env = () => ({ DATABASE_URL: database.url, ONETAPE_PORT: '0' })

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
