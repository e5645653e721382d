import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { VENDORS } from './faults.ts'
import { startSimulator } from './index.ts'
import { FRIDAY, openSocket, stage } from './testing.ts'

const SNAPSHOT = '/polygon/v2/snapshot/locale/us/markets/stocks/tickers?tickers=AAPL,MSFT'
const PRODUCTS = '/coinbase/api/v3/brokerage/market/products'

describe('the simulator', () => {
  it('has an address for every endpoint of every vendor, and answers there', async () => {
    await using s = await stage()
    const { endpoints, url } = s.simulator
    expect(Object.keys(endpoints).sort()).toEqual([...VENDORS].sort())
    const addresses = Object.values(endpoints).flatMap(Object.values) as string[]
    expect(addresses.length).toBeGreaterThanOrEqual(12)
    for (const address of addresses) {
      const { protocol, port, hostname } = new URL(address)
      expect(hostname).toBe('127.0.0.1')
      if (protocol !== 'tcp:') expect(port).toBe(new URL(url).port)
      const socket = connect(Number(port), hostname)
      await once(socket, 'connect')
      socket.destroy()
    }
  })

  it('keeps the socket port when it starts again, unless it is taken', async () => {
    const first = await startSimulator()
    const port = Number(new URL(first.endpoints.ibkr!.tws!).port)
    const beside = await startSimulator({ tcpPort: port })
    expect(Number(new URL(beside.endpoints.ibkr!.tws!).port)).not.toBe(port)
    await beside.close()
    await first.close()
    const again = await startSimulator({ tcpPort: port })
    expect(Number(new URL(again.endpoints.ibkr!.tws!).port)).toBe(port)
    await again.close()
  })

  it('closes with streams open', async () => {
    const s = await stage()
    const sockets = await Promise.all(
      ['/coinbase/ws', '/polygon/ws/stocks', '/yahoo/ws'].map((path) => s.socket(path)),
    )
    s.simulator.faults.add({ kind: 'timeout', match: '/ws', on: 'request', count: 1 })
    const hanging = openSocket(`${s.simulator.url.replace('http', 'ws')}/coinbase/ws`).catch(
      (error: Error) => error,
    )
    while (s.simulator.faults.list().length > 0) await new Promise((next) => setImmediate(next))
    await s.simulator.close()
    expect(await Promise.all(sockets.map((socket) => socket.closed))).toEqual([1006, 1006, 1006])
    expect(await hanging).toBeInstanceOf(Error)
  })
})

describe('upgrades', () => {
  it('are refused where there is no stream, and by order', async () => {
    await using s = await stage()
    for (const path of ['/nasdaq/ws', '/polygon/ws/bonds', '/coinbase/api/v3/brokerage/market/products'])
      await expect(s.socket(path)).rejects.toThrow('404')
    for (const [kind, status] of [
      ['rate_limited', '429'],
      ['server_error', '503'],
      ['unauthorized', '401'],
      ['plan_error', '403'],
    ] as const) {
      s.simulator.faults.add({ vendor: 'coinbase', kind, count: 1, on: 'request' })
      await expect(s.socket('/coinbase/ws')).rejects.toThrow(status)
    }
    s.simulator.faults.add({ vendor: 'coinbase', kind: 'cut', count: 1, on: 'request' })
    await expect(s.socket('/coinbase/ws')).rejects.toThrow()
    const seen = s.simulator.requestsAfter(0).map((r) => [r.status, r.fault])
    expect(seen).toEqual([
      [429, 'rate_limited'],
      [503, 'server_error'],
      [401, 'unauthorized'],
      [403, 'plan_error'],
      [null, 'cut'],
    ])
  })
})

describe('faults that every vendor has', () => {
  it('say that the plan or the token does not do', async () => {
    await using s = await stage()
    s.simulator.faults.add({ kind: 'plan_error', count: 2 })
    const polygon = await s.get(SNAPSHOT)
    expect([polygon.status, polygon.json.status]).toEqual([403, 'NOT_AUTHORIZED'])
    expect((await s.get(PRODUCTS)).status).toBe(403)
    s.simulator.faults.add({ kind: 'token_expired', count: 1 })
    expect((await s.get(SNAPSHOT)).status).toBe(401)
  })

  it('cut a body short, with a length that fits what is left', async () => {
    await using s = await stage()
    const whole = (await s.get(SNAPSHOT)).text
    s.simulator.faults.add({ vendor: 'polygon', kind: 'truncated_page', count: 1 })
    const answer = await fetch(`${s.simulator.url}${SNAPSHOT}`, {
      headers: { authorization: 'Bearer demo-key' },
    })
    const text = await answer.text()
    expect([answer.status, text]).toEqual([200, whole.slice(0, Math.floor(whole.length / 2))])
    expect(() => JSON.parse(text)).toThrow()
  })

  it('play on requests or on streams where they are told to', async () => {
    await using s = await stage()
    s.simulator.faults.add({ kind: 'cut', on: 'stream' })
    s.simulator.faults.add({ kind: 'mute' })
    expect((await s.get(PRODUCTS)).status).toBe(200)
  })
})

describe('the request log', () => {
  it('tells who asked what, when and how it went, without secrets', async () => {
    let wall = 1_000
    await using s = await stage(FRIDAY, { wallNowMs: () => wall })
    await s.get(`${SNAPSHOT}&apiKey=topsecretkey`, { authorization: '' })
    wall = 2_000
    s.simulator.faults.add({ vendor: 'coinbase', kind: 'server_error', count: 1 })
    await s.get(PRODUCTS)
    await s.get('/polygon/v9/nothing')
    const all = (await s.get('/_simulator/requests')).json.requests
    expect(all).toEqual([
      {
        id: 1,
        vendor: 'polygon',
        path: `${SNAPSHOT.slice('/polygon'.length)}&apiKey=***`,
        credential: 'tops',
        at: 1_000,
        status: 200,
        fault: null,
      },
      expect.objectContaining({ id: 2, vendor: 'coinbase', at: 2_000, status: 500, fault: 'server_error' }),
      expect.objectContaining({ id: 3, path: '/v9/nothing', status: 404 }),
    ])
    expect(
      (await s.get('/_simulator/requests?after=2')).json.requests.map((r: { id: number }) => r.id),
    ).toEqual([3])
    expect((await s.get('/_simulator/requests?after=x')).status).toBe(400)
  })
})
