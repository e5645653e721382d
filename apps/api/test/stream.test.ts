// The stream over real sockets: what a browser meets when the API goes away and comes back.
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { buildServer } from '../src/server.ts'
import { ENVIRONMENT_ID, fakePorts, healthyReport } from './fake-ports.ts'
import { latestView } from './latest-view.ts'
import { apiClient, batchIds, strictlyRising, TapeClient } from './tape-client.ts'

let port = 0
let ports: ReturnType<typeof fakePorts>
let server: FastifyInstance
let clients: TapeClient[]

async function serve(state: { cursor: number; environmentId?: string }): Promise<void> {
  const { cursor, environmentId = ENVIRONMENT_ID } = state
  ports = fakePorts()
  const rows = [
    latestView('AAPL', { batchId: Math.min(2, cursor) }),
    latestView('MSFT', { batchId: cursor, last: cursor }),
  ]
  ports.hub.reset({ environmentId, cursor, rows })
  server = await buildServer({
    ...ports,
    host: '127.0.0.1',
    webDist: '/nowhere',
    log: pino({ level: 'silent' }),
  })
  await server.listen({ host: '127.0.0.1', port })
  port = (server.server.address() as AddressInfo).port
}
async function stop(): Promise<void> {
  ports.hub.close()
  await server.close()
}
const clientOf = (keys?: string[]) => {
  const client = new TapeClient(port, keys)
  clients.push(client)
  client.connect()
  return client
}

beforeEach(async () => {
  clients = []
  port = 0
  await serve({ cursor: 3 })
})
afterEach(async () => {
  for (const client of clients) client.leave()
  ports.hub.close()
  server.server.closeAllConnections()
  await server.close()
})

describe('a live client', () => {
  it('gets everything, then changes, and leaves nothing behind when it goes', async () => {
    const client = clientOf()
    await expect.poll(() => client.rows.size).toBe(2)
    ports.hub.advance(4, [latestView('AAPL', { batchId: 4, last: 44 })])
    await expect.poll(() => client.rows.get('equity:US:AAPL')?.last).toBe(44)
    expect(client.ids).toEqual(['0b9f3c1e.3', '0b9f3c1e.4'])
    client.leave()
    await expect.poll(() => ports.hub.subscribers).toBe(0)
  })

  it('resumes by itself after an orderly restart, with what it missed and nothing twice', async () => {
    const client = clientOf()
    await expect.poll(() => client.ids.length).toBe(1)
    await stop()
    await serve({ cursor: 9 })
    await expect.poll(() => client.rows.get('equity:US:MSFT')?.last, { timeout: 10_000 }).toBe(9)
    expect(client.ids).toEqual(['0b9f3c1e.3', '0b9f3c1e.9'])
    expect([client.full, client.errors]).toEqual([1, []])
  })

  it('resumes after its connection was cut', async () => {
    const client = clientOf()
    await expect.poll(() => client.ids.length).toBe(1)
    server.server.closeAllConnections()
    ports.hub.advance(5, [latestView('MSFT', { batchId: 5, last: 55 })])
    await expect.poll(() => client.rows.get('equity:US:MSFT')?.last, { timeout: 10_000 }).toBe(55)
    expect(strictlyRising(batchIds(client.ids))).toBe(true)
    expect(client.full).toBe(1)
  })

  it('starts from everything when another environment answers', async () => {
    const client = clientOf()
    await expect.poll(() => client.ids.length).toBe(1)
    await stop()
    await serve({ cursor: 2, environmentId: 'aaaaaaaa-7d2a-4c55-9a31-5d1f5a2b7c99' })
    await expect.poll(() => client.full, { timeout: 10_000 }).toBe(2)
    expect(client.ids.at(-1)).toBe('aaaaaaaa.2')
  })

  it('starts from everything after the tape was replaced under a running API', async () => {
    const client = clientOf()
    await expect.poll(() => client.ids.length).toBe(1)
    ports.hub.reset({ environmentId: 'bbbbbbbb-7d2a-4c55-9a31-5d1f5a2b7c99', cursor: 1, rows: [] })
    await expect.poll(() => client.full, { timeout: 10_000 }).toBe(2)
    expect(client.rows.size).toBe(0)
  })

  it('stops in good time with clients connected', async () => {
    const many = Array.from({ length: 5 }, () => clientOf())
    await expect.poll(() => many.every((c) => c.ids.length === 1)).toBe(true)
    const startedMs = performance.now()
    await stop()
    expect(performance.now() - startedMs).toBeLessThan(2_000)
    await serve({ cursor: 3 }) // for the end of the test
  })
})

it('health.watch speaks over the same kind of stream', async () => {
  const reports: unknown[] = []
  const stream = apiClient(port).health.watch.subscribe(undefined, {
    onData: (health) => void reports.push(health),
  })
  await expect.poll(() => reports.length).toBeGreaterThan(0)
  expect(reports[0]).toEqual(healthyReport)
  stream.unsubscribe()
})
