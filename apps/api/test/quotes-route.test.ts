// `GET /api/quotes` and the tRPC procedure beside it: the same facts, from memory, by any name.
import { type AddressInfo, connect as connectTcp } from 'node:net'
import { gunzipSync } from 'node:zlib'
import type { LatestView } from '@onetape/db'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SECURITY_HEADERS } from '../src/http/guard.ts'
import { type TapeQuotesAnswer, tapeQuotesSchema } from '../src/routed/tape-quotes-schema.ts'
import { tapeReceipt } from '../src/routed/tape-receipt.ts'
import { buildServer } from '../src/server.ts'
import { ENVIRONMENT_ID, fakePorts } from './fake-ports.ts'
import { latestView } from './latest-view.ts'
import { chance } from './market-writer.ts'
import { apiClient } from './tape-client.ts'

const log = pino({ level: 'silent' })
/** Wednesday 15 November 2023, 15:00 in New York: the session is open. */
const OPEN = 1_700_078_400_000_000
const ATTEMPTS = [
  {
    source: 'alpaca',
    outcome: 'skipped',
    reason: 'breaker_open',
    message: 'alpaca failed “lately”',
    stray: 1,
  },
  { source: 'polygon', outcome: 'served', asked: 3, served: 3, latencyMs: 12.5, startedAt: OPEN },
]

let ports: ReturnType<typeof fakePorts>
let server: FastifyInstance
let client: ReturnType<typeof apiClient>
let port: number

beforeEach(async () => {
  ports = fakePorts()
  ports.marketClock.now = () => OPEN
  ports.ledger.set(3, ATTEMPTS)
  ports.hub.reset({ environmentId: ENVIRONMENT_ID, cursor: 4, rows: WORLD })
  server = await buildServer({ ...ports, host: '127.0.0.1', webDist: '/nowhere', log })
  await server.listen({ host: '127.0.0.1', port: 0 })
  port = (server.server.address() as AddressInfo).port
  client = apiClient(port)
})
afterEach(async () => {
  ports.hub.close()
  server.server.closeAllConnections()
  await server.close()
})

const crypto = (symbol: string, more: Partial<LatestView> = {}): LatestView => ({
  ...latestView(symbol, { batchId: 4, source: 'coinbase', feed: 'coinbase', delayedMinutes: 0, ...more }),
  ...{ key: `crypto:${symbol}`, assetClass: 'crypto' },
})
const WORLD = [
  latestView('AAPL', {
    batchId: 3,
    ts: OPEN - 1_234_567,
    name: 'Apple "Inc." — Ünïcode',
    bid: 99.5,
    volume: 12,
  }),
  latestView('MSFT', { batchId: 3, ts: OPEN - 10 * 3_600_000_000 }),
  latestView('BRK.B', { batchId: 4, ts: OPEN + 500, previousClose: null }),
  crypto('BTC-USD', { ts: OPEN - 5_000_000, last: 61_234.123456789 }),
]

const get = (symbols: string | string[]) => {
  const query = [symbols].flat().map((s) => `symbols=${encodeURIComponent(s)}`)
  return server.inject({ url: `/api/quotes?${query.join('&')}`, headers: { host: 'localhost' } })
}
const names = (answer: { quotes: { symbol: string }[] }) => answer.quotes.map((q) => q.symbol)

describe('the plain route', () => {
  it('answers in the order asked, by symbol or key, each once, with a receipt that is true', async () => {
    const answer = await get('MSFT,equity:US:AAPL,btc-usd, MSFT ,AAPL')
    expect([answer.statusCode, answer.headers['content-type'], answer.headers['cache-control']]).toEqual([
      200,
      'application/json; charset=utf-8',
      'no-store',
    ])
    const body = answer.json()
    expect(names(body)).toEqual(['MSFT', 'AAPL', 'BTC-USD'])
    expect(body.quotes[1]).toMatchObject({
      key: 'equity:US:AAPL',
      last: 100,
      change: 0.5,
      bid: 99.5,
      volume: 12,
    })
    expect(body.quotes[1].receipt).toMatchObject({
      ...{ source: 'polygon', feed: 'delayed', ts: OPEN - 1_234_567, fetchedAt: WORLD[0]!.fetchedAt },
      ...{ ageMs: 1235, freshness: 'tape', basis: null, batchId: 3, answeredAt: OPEN, order: 'house' },
      attempts: [
        { source: 'alpaca', reason: 'breaker_open' },
        { source: 'polygon', latencyMs: 12.5 },
      ],
    })
    expect(body.quotes[0].receipt.freshness).toBe('stale')
    // A batch that kept nothing: who served is known all the same.
    expect(body.quotes[2].receipt.attempts).toMatchObject([{ source: 'coinbase', outcome: 'served' }])
    for (const { key, receipt } of body.quotes) {
      const row = ports.quotes.quote(key)!
      const said = {
        ...tapeReceipt(row, ports.ledger.get(row.batchId), ports.marketClock),
        batchId: row.batchId,
      }
      expect(receipt).toEqual(JSON.parse(JSON.stringify(said)))
    }
  })

  it('gives the same as the typed procedure, and nothing that the schema does not name', async () => {
    const asked = ['AAPL', 'crypto:BTC-USD', 'NOPE', 'BRK.B', 'equity:US:GONE', 'MSFT']
    const plain = (await get(asked.join(','))).json()
    expect(plain).toEqual(await client.quotes.held.query({ symbols: asked }))
    expect(tapeQuotesSchema.parse(plain)).toEqual(plain)
    expect((await get(asked)).json()).toEqual(plain)
    expect(plain.unknown).toEqual(['NOPE', 'equity:US:GONE'])
  })

  it('is the same for who takes compressed answers, with every header of ours', async () => {
    const ask = (headers: Record<string, string>, method: 'GET' | 'HEAD' = 'GET') =>
      server.inject({ method, url: '/api/quotes?symbols=AAPL', headers: { host: 'localhost', ...headers } })
    const [plain, packed, head] = [
      await ask({}),
      await ask({ 'accept-encoding': 'gzip' }),
      await ask({}, 'HEAD'),
    ]
    expect(packed.headers['content-encoding']).toBe('gzip')
    expect(gunzipSync(packed.rawPayload).toString()).toBe(plain.body)
    for (const [name, value] of Object.entries({ ...SECURITY_HEADERS, 'cache-control': 'no-store' }))
      expect([plain, packed, head].map((a) => a.headers[name])).toEqual([value, value, value])
    expect([plain.headers['content-length'], plain.headers['content-type'], head.body]).toEqual([
      ...[String(plain.rawPayload.length), packed.headers['content-type'], ''],
    ])
  })

  it('says one time for 50 ms, and another at once when something has changed', async () => {
    const at = async (now: number) => {
      ports.marketClock.now = () => now
      const { ageMs, answeredAt } = (await get('AAPL')).json().quotes[0].receipt
      expect(ageMs).toBe(Math.max(0, Math.round((answeredAt - (OPEN - 1_234_567)) / 1000)))
      return answeredAt - OPEN
    }
    const said: number[] = []
    for (const ms of [0, 1, 49, 50, 99, 101]) said.push(await at(OPEN + ms * 1000))
    expect(said).toEqual([0, 0, 0, 50_000, 50_000, 101_000])
    ports.hub.advance(5, [latestView('MSFT', { batchId: 5 })])
    expect(await at(OPEN + 102_000)).toBe(102_000)
    // A clock that was set back.
    expect(await at(OPEN + 80_000)).toBe(80_000)
  })

  it('goes on giving the same while rows, the clock and the session move', async () => {
    const { below, some } = chance(11)
    let [now, cursor] = [OPEN, 4]
    ports.marketClock.now = () => now
    const symbols = ['AAPL', 'MSFT', 'BRK.B', 'BTC-USD']
    for (let i = 0; i < 60; i++) {
      if (below(3) > 0) {
        cursor++
        if (below(2) === 0) ports.ledger.set(cursor, ATTEMPTS.slice(below(2)))
        const moved = some(WORLD, 1 + below(3))
        const rows = moved.map((row) => ({
          ...row,
          batchId: cursor,
          last: 50 + below(999) / 10,
          ts: now - below(90e6),
        }))
        ports.hub.advance(cursor, rows)
      }
      // From an open session over its close into the night.
      now += below(900_000_000)
      const asked = some(symbols, 1 + below(4))
      const plain = (await get(asked.join(','))).json()
      expect(plain).toEqual(await client.quotes.held.query({ symbols: asked }))
      expect(names(plain)).toEqual(asked)
    }
  })

  it('sees a change at once, and a new symbol within a second', async () => {
    expect((await get('AAPL,NEW')).json().unknown).toEqual(['NEW'])
    const rows = [latestView('AAPL', { batchId: 5, last: 111 }), latestView('NEW', { batchId: 5 })]
    ports.hub.advance(5, rows)
    const { quotes, cursor } = (await get('AAPL,NEW')).json()
    expect([quotes[0].last, quotes[0].receipt.batchId, cursor]).toEqual([
      111,
      5,
      ports.quotes.latest([]).cursor,
    ])
    ports.marketClock.now = () => OPEN + 1_100_000
    expect(names((await get('AAPL,NEW')).json())).toEqual(['AAPL', 'NEW'])
  })

  it('forgets what another database said under the same numbers', async () => {
    expect((await get('AAPL')).json().quotes[0]).toMatchObject({ last: 100, receipt: { batchId: 3 } })
    ports.ledger.clear()
    const rows = [latestView('AAPL', { batchId: 3, last: 7 })]
    ports.hub.reset({ environmentId: otherThan(ENVIRONMENT_ID), cursor: 4, rows })
    const answer = (await get('AAPL,MSFT')).json()
    expect(answer).toMatchObject({ quotes: [{ last: 7 }], unknown: ['MSFT'] })
    expect(answer.quotes[0].receipt.attempts).toMatchObject([{ source: 'polygon', outcome: 'served' }])
  })

  it.each([
    ['', 'symbols: name at least one, e.g. symbols=AAPL,MSFT'],
    ['AAPL,,MSFT', 'symbols.1: a symbol is empty'],
    ['x'.repeat(65), 'symbols.0: a symbol has at most 64 characters'],
    [Array.from({ length: 501 }, (_, i) => `S${i}`).join(','), 'symbols: at most 500 at once'],
  ])('refuses %.20j in one line', async (symbols, line) => {
    const answer = await get(symbols)
    expect(answer.statusCode).toBe(400)
    expect(answer.json()).toEqual({ error: { code: 'BAD_REQUEST', message: line } })
  })

  it('takes several hundred at once', async () => {
    const many = Array.from({ length: 500 }, (_, i) => `equity:US:S${i}`)
    ports.hub.advance(
      5,
      many.map((key, i) => latestView(key.slice(10), { batchId: 5, last: i + 1 })),
    )
    const response = await fetch(`http://127.0.0.1:${port}/api/quotes?symbols=${many.join(',')}`)
    expect(((await response.json()) as { quotes: unknown[] }).quotes).toHaveLength(500)
  })

  it('never writes over an answer that is still on its way to a slow reader', async () => {
    const many = Array.from({ length: 400 }, (_, i) => `equity:US:S${i}`)
    let [now, cursor] = [OPEN, 4]
    ports.marketClock.now = () => now
    const move = (last: number) => {
      cursor++
      ports.hub.advance(
        cursor,
        many.map((key) => latestView(key.slice(10), { batchId: cursor, last, ts: now })),
      )
    }
    move(1)
    const socket = connectTcp(port, '127.0.0.1')
    socket.pause()
    // Far more than the sockets' buffers hold, one list, the same buffer wanted again and again.
    const asked = 40
    const line = `GET /api/quotes?symbols=${many.join(',')} HTTP/1.1\r\nHost: localhost\r\n`
    socket.write(`${line}\r\n`.repeat(asked - 1))
    socket.write(`${line}Connection: close\r\n\r\n`)
    for (let i = 0; i < 30; i++) {
      const other = (await get(many.join(','))).json()
      expect(other.quotes).toHaveLength(400)
      // The server reads and writes in between.
      for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
      now += 1_000
      if (i % 10 === 9) move(i)
    }
    const chunks: Buffer[] = []
    socket.on('data', (chunk: Buffer) => void chunks.push(chunk)).resume()
    await new Promise((resolve) => socket.once('end', resolve))
    const bodies = Buffer.concat(chunks)
      .toString()
      .split(/HTTP\/1\.1 200 OK\r\n[\s\S]*?\r\n\r\n/)
      .slice(1)
      .map((text) => JSON.parse(text) as TapeQuotesAnswer)
    expect(bodies).toHaveLength(asked)
    for (const { quotes } of bodies) {
      const [first] = quotes
      for (const { last, receipt } of quotes)
        expect([last, receipt.answeredAt, receipt.batchId]).toEqual([
          ...[first!.last, first!.receipt.answeredAt, first!.receipt.batchId],
        ])
    }
  })

  it('says so when the tape was never read', async () => {
    const empty = fakePorts()
    const other = await buildServer({ ...empty, host: '127.0.0.1', webDist: '/nowhere', log })
    const answer = await other.inject({ url: '/api/quotes?symbols=AAPL', headers: { host: 'localhost' } })
    expect([answer.statusCode, answer.json().error.code]).toEqual([503, 'SERVICE_UNAVAILABLE'])
    await other.close()
  })
})

const otherThan = (id: string) => `1${id.slice(1)}`
