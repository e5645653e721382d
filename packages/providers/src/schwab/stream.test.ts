import type { SymbolRef } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import type { StreamEvent } from '../contract.ts'
import { fixture } from '../testing-fixture.ts'
import { at, clockAt, testVendor } from '../testing-server.ts'
import { schwab } from './index.ts'

const equity = (symbol: string): SymbolRef => ({ assetClass: 'equity', symbol })
const ACME = equity('ACME')
const SPX: SymbolRef = { assetClass: 'index', symbol: 'SPX' }
const frames = JSON.parse(fixture('schwab/fixtures/stream-frames.json')) as unknown[]

interface Request {
  service: string
  command: string
  SchwabClientCustomerId: string
  SchwabClientCorrelId: string
  parameters: Record<string, string>
}

/** A streamer that signs in (or answers `loginCode`) and says yes to what it is asked. */
async function streamer(onSubscribed: (socket: WebSocket) => void, loginCode = 0) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await new Promise((resolve) => server.once('listening', resolve))
  const requests: Request[] = []
  const heard = new Set<() => void>()
  server.on('connection', (socket) => {
    socket.on('message', (text) => {
      for (const request of JSON.parse(String(text)).requests as Request[]) {
        requests.push(request)
        const code = request.command === 'LOGIN' ? loginCode : 0
        const { service, command } = request
        socket.send(
          JSON.stringify({
            response: [{ service, command, requestid: '0', content: { code, msg: 'said' } }],
          }),
        )
        if (service === 'LEVELONE_EQUITIES' && command === 'SUBS') onSubscribed(socket)
      }
      for (const wake of heard) wake()
    })
  })
  const vendor = await testVendor((r) =>
    r.path.endsWith('/token')
      ? { body: { access_token: 'access-1' } }
      : {
          body: {
            streamerInfo: [
              {
                streamerSocketUrl: `ws://127.0.0.1:${(server.address() as { port: number }).port}/ws`,
                schwabClientCustomerId: 'customer',
                schwabClientCorrelId: 'correl',
                schwabClientChannel: 'N9',
                schwabClientFunctionId: 'APIAPP',
              },
            ],
          },
        },
  )
  return {
    url: vendor.url,
    seen: vendor.seen,
    requests,
    async until(isDone: () => boolean) {
      while (!isDone()) {
        await new Promise<void>((resolve) => {
          heard.add(resolve)
        })
      }
    },
    async [Symbol.asyncDispose]() {
      for (const client of server.clients) client.terminate()
      server.close()
      await vendor[Symbol.asyncDispose]()
    },
  }
}

const streamAt = (url: string, refs: SymbolRef[]) =>
  schwab.create({
    fetch,
    marketClock: clockAt('2026-02-25T15:01:10Z'),
    wallClock: { now: () => Date.now() * 1000 },
    random: () => 0.5,
    timeoutMs: 2000,
    baseUrls: { rest: url },
    credentials: { clientId: 'id', clientSecret: 'secret', refreshToken: 'refresh' },
  }).streamQuotes!(refs)

describe('streamer', () => {
  it('asks where it is, logs in, subscribes; deltas are merged, heartbeats live, minutes are whole', async () => {
    await using vendor = await streamer((socket) => {
      for (const frame of frames) socket.send(JSON.stringify(frame))
    })
    const stream = streamAt(vendor.url, [ACME, SPX])
    const events: StreamEvent[] = []
    for await (const event of stream) {
      events.push(event)
      if (event.type === 'bar') break
    }
    expect(vendor.seen.map((r) => r.path)).toEqual(['/v1/oauth/token', '/trader/v1/userPreference'])
    expect(vendor.requests.map((r) => [r.service, r.command, r.parameters.keys])).toEqual([
      ['ADMIN', 'LOGIN', undefined],
      ['LEVELONE_EQUITIES', 'SUBS', 'ACME,$SPX'],
      ['CHART_EQUITY', 'SUBS', 'ACME'],
    ])
    expect(vendor.requests[0]).toMatchObject({
      SchwabClientCustomerId: 'customer',
      SchwabClientCorrelId: 'correl',
      parameters: { Authorization: 'access-1', SchwabClientChannel: 'N9', SchwabClientFunctionId: 'APIAPP' },
    })
    const quotes = events.flatMap((e) => (e.type === 'quote' ? [e.quote] : []))
    const last = quotes.filter((q) => q.symbol === 'ACME').at(-1)!
    expect(last).toMatchObject({
      ts: at('2026-02-25T15:00:02Z'),
      bid: 50.11,
      ask: 50.12,
      last: 50.11,
      bidSize: 300,
      askSize: 1200,
      volume: 1000,
      feed: 'sip',
    })
    expect(quotes.find((q) => q.symbol === 'SPX')).toMatchObject({
      ...SPX,
      delayedMinutes: 15,
      feed: 'delayed',
    })
    expect(events.at(-1)).toMatchObject({
      type: 'bar',
      bar: { ...ACME, timeframe: '1m', ts: at('2026-02-25T15:00:00Z'), open: 50, close: 50.15, volume: 4200 },
    })
    expect(stream.stats()).toMatchObject({ connects: 1 })
    await stream.close()
  })

  it('other symbols are added and removed on the same connection', async () => {
    await using vendor = await streamer(() => {})
    const stream = streamAt(vendor.url, [ACME])
    const iterator = stream[Symbol.asyncIterator]()
    expect((await iterator.next()).value).toMatchObject({ type: 'up' })
    stream.setRefs([equity('BRK.B')])
    await vendor.until(() => vendor.requests.length >= 7)
    expect(vendor.requests.slice(3).map((r) => [r.command, r.service, r.parameters.keys])).toEqual([
      ['UNSUBS', 'LEVELONE_EQUITIES', 'ACME'],
      ['UNSUBS', 'CHART_EQUITY', 'ACME'],
      ['ADD', 'LEVELONE_EQUITIES', 'BRK/B'],
      ['ADD', 'CHART_EQUITY', 'BRK/B'],
    ])
    await stream.close()
  })

  it('more than 500 symbols are refused one by one, not the connection', async () => {
    await using vendor = await streamer(() => {})
    const stream = streamAt(
      vendor.url,
      Array.from({ length: 502 }, (_, i) => equity(`S${i}`)),
    )
    const { value } = await stream[Symbol.asyncIterator]().next()
    expect(value).toMatchObject({ type: 'up', refused: [{ ref: equity('S500') }, { ref: equity('S501') }] })
    await stream.close()
  })

  it('a login denied ends it: waiting does not heal that', async () => {
    await using vendor = await streamer(() => {}, 3)
    const stream = streamAt(vendor.url, [ACME])
    await expect(stream[Symbol.asyncIterator]().next()).rejects.toMatchObject({ kind: 'unauthorized' })
  })

  it('a connection that the vendor stops comes back, and says so', async () => {
    let connections = 0
    await using vendor = await streamer((socket) => {
      const stop = { service: 'ADMIN', timestamp: 1, content: { code: 12, msg: 'another connection' } }
      if (connections++ === 0) socket.send(JSON.stringify({ notify: [stop] }))
    })
    const stream = streamAt(vendor.url, [ACME])
    const types: string[] = []
    for await (const event of stream) {
      types.push(event.type)
      if (types.filter((type) => type === 'up').length === 2) break
    }
    expect(types).toEqual(['up', 'down', 'up'])
    await stream.close()
  })
})
