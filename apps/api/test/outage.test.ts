// Postgres goes away and comes back under a running API.
import type { AddressInfo } from 'node:net'
import { beatHeart, connect, type Db, type Instrument } from '@onetape/db'
import { type TestDatabase, testDatabase } from '@onetape/db/testing'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Api, compose } from '../src/compose.ts'
import type { Health } from '../src/health.ts'
import { buildServer } from '../src/server.ts'
import { demoAuth } from './demo-auth.ts'
import { mintStocks, quoteBatch } from './market-writer.ts'
import { type PgProxy, pgProxy } from './pg-proxy.ts'
import { apiClient, TapeClient } from './tape-client.ts'

let database: TestDatabase
let proxy: PgProxy
let db: Db
let api: Api
let port: number
let stocks: Instrument[]
const log = pino({ level: 'silent' })

beforeAll(async () => {
  database = await testDatabase()
  stocks = await mintStocks(database.db, ['AAPL', 'MSFT'])
  await quoteBatch(
    database.db,
    stocks.map((instrument) => ({ instrument, last: 101 })),
  )
  proxy = await pgProxy(database.url)
  db = connect({ url: proxy.url, applicationName: 'onetape-test-api' })
  api = compose({ db, url: proxy.url, mode: 'demo', log })
  await api.catchUp()
  const server = await buildServer({ ...api, auth: demoAuth, host: '127.0.0.1', webDist: '/nowhere', log })
  await server.listen({ host: '127.0.0.1', port: 0 })
  port = (server.server.address() as AddressInfo).port
  return async () => {
    api.endStreams()
    server.server.closeAllConnections() // fetch keeps one that it never used, which counts as busy
    await server.close()
  }
})
afterAll(async () => {
  await api?.[Symbol.asyncDispose]()
  await db?.end()
  await proxy?.close()
  await database?.drop()
})

const beat = () => {
  const now = Date.now() * 1000
  return beatHeart(database.db, {
    instanceId: 'test-daemon',
    pid: 1,
    startedAt: now,
    wallNow: now,
    marketNow: now,
    detail: { sources: [{ name: 'polygon', status: 'ok', message: null, at: now }, { name: 7 }] },
  })
}
const health = async (): Promise<{ status: number; body: Health }> => {
  await beat()
  const answer = await fetch(`http://127.0.0.1:${port}/api/health`)
  return { status: answer.status, body: (await answer.json()) as Health }
}

it('is well at first', async () => {
  await expect.poll(async () => (await health()).status).toBe(200)
  const { body } = await health()
  expect(body).toMatchObject({
    ok: true,
    mode: 'demo',
    daemon: { alive: true },
    database: { ok: true, version: expect.stringMatching(/^\d+/) },
    tape: { batchId: 1, quoted: 2, instruments: 2 },
    sources: [{ name: 'polygon', status: 'ok' }],
  })
  expect(body.tiers.map((t) => t.name)).toContain('core')
  expect(body.venues.map((v) => v.venue)).toEqual(['XNYS', 'CRYPTO', 'FX'])
})

it.each(['refuse', 'mute'] as const)(
  'answers from memory when Postgres goes (%s) and heals by itself',
  async (how) => {
    const client = new TapeClient(port)
    client.connect()
    await expect.poll(() => client.rows.size).toBe(2)

    await proxy.shut(how)
    await expect.poll(async () => (await health()).status, { timeout: 15_000 }).toBe(503)
    expect((await health()).body).toMatchObject({ ok: false, database: { ok: false }, tape: { quoted: 2 } })
    expect((await apiClient(port).quotes.latest.query({})).rows).toHaveLength(2)
    const asked = apiClient(port).series.get.query({ key: stocks[0]!.key, timeframe: '1d' })
    await expect(asked).rejects.toMatchObject({ data: { code: 'SERVICE_UNAVAILABLE' } })
    await expect(asked).rejects.toThrow(/^The database d/)

    const last = how === 'refuse' ? 111 : 222
    await quoteBatch(database.db, [{ instrument: stocks[0]!, last }]) // written while the API is blind
    await proxy.open()
    await expect.poll(() => client.rows.get(stocks[0]!.key)?.last, { timeout: 30_000 }).toBe(last)
    await expect.poll(async () => (await health()).status, { timeout: 15_000 }).toBe(200)
    client.leave()
  },
)

it('calls a daemon dead whose heart stopped', async () => {
  const now = Date.now() * 1000
  await database.db.pool.query('delete from daemon_heartbeats')
  await beatHeart(database.db, {
    instanceId: 'old',
    pid: 1,
    startedAt: now,
    wallNow: now - 16_000_000,
    marketNow: now,
    detail: {},
  })
  const told = async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/health`)
    const body = (await answer.json()) as Health
    return [answer.status, body.daemon.alive, body.database.ok]
  }
  await expect.poll(told, { timeout: 10_000 }).toEqual([503, false, true])
})
