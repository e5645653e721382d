import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { SymbolRef } from '@onetape/market'
import { afterEach, describe, expect, it } from 'vitest'
import type { ProviderDeps, StreamEvent } from '../contract.ts'
import { httpFor } from '../http/provider-http.ts'
import { testTime } from '../stream/testing-time.ts'
import { fixture } from '../testing-fixture.ts'
import { at } from '../testing-server.ts'
import { createOandaClient } from './client.ts'
import { createOffering } from './offering.ts'
import { createStream, readLine } from './stream.ts'
import { EURUSD, fx, providerAt } from './testing-oanda.ts'

const ends: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** OANDA's stream on loopback: an answer that stays open, line by line. */
async function vendor(refuse?: (request: IncomingMessage) => { status: number; body: unknown } | null) {
  const lines: { request: IncomingMessage; response: ServerResponse; say(...messages: unknown[]): void }[] =
    []
  const server = createServer((request, response) => {
    if (request.url!.endsWith('/instruments'))
      return void response.end(fixture('oanda/fixtures/instruments.json'))
    const refusal = refuse?.(request)
    if (refusal) return void response.writeHead(refusal.status).end(JSON.stringify(refusal.body))
    response.writeHead(200, { 'content-type': 'application/octet-stream' }).flushHeaders()
    const say = (...messages: unknown[]) =>
      response.write(messages.map((m) => `${JSON.stringify(m)}\n`).join(''))
    lines.push({ request, response, say })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  ends.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/oanda`, lines }
}

function open(url: string, refs: readonly SymbolRef[], over: Partial<ProviderDeps> = {}) {
  const stream = providerAt(url, over).streamQuotes!(refs)
  ends.push(() => stream.close())
  const events = stream[Symbol.asyncIterator]()
  return { stream, next: async (): Promise<StreamEvent> => (await events.next()).value as StreamEvent }
}

const price = (time: string, bid: string, ask: string) => ({
  type: 'PRICE',
  time,
  bids: [{ price: bid, liquidity: 1000000 }],
  asks: [{ price: ask, liquidity: 2000000 }],
  status: 'tradeable',
  tradeable: true,
  instrument: 'EUR_USD',
})

describe('the stream', () => {
  it('is one answer for all instruments; prices become quotes, heartbeats nothing', async () => {
    const { url, lines } = await vendor()
    const { next } = open(url, [EURUSD, fx('USD-JPY'), fx('DE30-EUR')])
    expect(await next()).toMatchObject({ type: 'up', refused: [{ ref: fx('DE30-EUR') }] })
    const { request, say } = lines[0]!
    const asked = new URL(request.url!, 'http://vendor')
    expect(asked.pathname).toBe('/oanda/v3/accounts/101-001-7/pricing/stream')
    expect(asked.searchParams.get('instruments')).toBe('EUR_USD,USD_JPY')
    expect(request.headers.authorization).toBe('Bearer secret-token')
    say(
      { type: 'HEARTBEAT', time: '2026-02-25T15:00:25Z' },
      price('2026-02-25T15:00:26.000001Z', '1.08120', '1.08133'),
    )
    expect(await next()).toMatchObject({
      type: 'quote',
      quote: {
        ...EURUSD,
        last: 1.081265,
        bid: 1.0812,
        ask: 1.08133,
        ts: at('2026-02-25T15:00:26Z') + 1,
        volume: null,
      },
    })
  })

  it('a line cut in two is one line; a broken one costs itself', async () => {
    const { url, lines } = await vendor()
    const { stream, next } = open(url, [EURUSD])
    await next()
    const text = `${JSON.stringify(price('2026-02-25T15:00:26Z', '1.0', '1.1'))}\n`
    lines[0]!.response.write('{"type":"PRI\n')
    lines[0]!.say(price('2026-02-25T15:00:25Z', 'x', '1.1'))
    lines[0]!.response.write(text.slice(0, 40))
    lines[0]!.response.write(text.slice(40))
    expect(await next()).toMatchObject({ quote: { last: 1.05 } })
    expect(stream.stats().dropped).toBe(2)
  })

  it('an end is told and tried again; another set of symbols is another connection', async () => {
    const { url, lines } = await vendor()
    const { stream, next } = open(url, [EURUSD], { random: () => 0 })
    await next()
    lines[0]!.response.end()
    expect(await next()).toMatchObject({ type: 'down', error: { kind: 'unavailable' } })
    expect(await next()).toMatchObject({ type: 'up' })
    stream.setRefs([fx('USD-JPY')])
    for (let event = await next(); event.type !== 'up'; event = await next()) expect(event.type).toBe('seam')
    expect(lines.at(-1)!.request.url).toContain('instruments=USD_JPY')
  })

  it('an instrument that the account does not have is refused by name, the rest is streamed', async () => {
    const { url, lines } = await vendor((request) =>
      request.url!.includes('TRY_ZAR')
        ? { status: 400, body: { errorMessage: "Invalid value specified for 'instruments'" } }
        : null,
    )
    const { next } = open(url, [EURUSD, fx('TRY-ZAR')])
    expect(await next()).toMatchObject({ type: 'up', refused: [{ ref: fx('TRY-ZAR') }] })
    expect(lines[0]!.request.url).toContain('instruments=EUR_USD&')
  })

  it('a bad token, none at all, and nothing to stream end it with the reason', async () => {
    const refused = await vendor(() => ({
      status: 401,
      body: { errorMessage: 'Insufficient authorization' },
    }))
    await expect(open(refused.url, [EURUSD]).next()).rejects.toMatchObject({ kind: 'unauthorized' })
    const { url, lines } = await vendor()
    await expect(open(url, [EURUSD], { credentials: {} }).next()).rejects.toMatchObject({
      kind: 'unauthorized',
    })
    await expect(open(url, [fx('DE30-EUR')]).next()).rejects.toMatchObject({ kind: 'unsupported' })
    expect(lines).toHaveLength(0)
  })
})

it('ten seconds without even a heartbeat are a dead line, also on a weekend', async () => {
  const { url } = await vendor()
  const { marketClock, wallClock, timers, advance } = testTime('2026-02-21T12:00:00Z')
  const credentials = { token: 'secret-token', accountId: '101-001-7' }
  const deps = { fetch, marketClock, wallClock, random: () => 0.5, timeoutMs: 2000, credentials }
  const client = createOandaClient(deps, {
    http: httpFor(deps, { provider: 'oanda' }),
    hosts: { rest: url, stream: url },
  })
  const stream = createStream({ deps, client, offering: createOffering(client, wallClock), timers })([EURUSD])
  ends.push(() => stream.close())
  const events = stream[Symbol.asyncIterator]()
  expect((await events.next()).value).toMatchObject({ type: 'up' })
  let isDown = false
  const down = events.next().finally(() => {
    isDown = true
  })
  await advance(8_000)
  expect(isDown).toBe(false)
  await advance(4_000)
  const event = (await down).value as StreamEvent
  expect(event).toMatchObject({
    type: 'down',
    error: { kind: 'unavailable', message: expect.stringContaining('mute') },
  })
})

it('an error in the middle of the stream ends that connection', () => {
  expect(() => readLine('{"errorMessage":"Stream was disconnected"}')).toThrow(
    expect.objectContaining({ kind: 'unavailable' }),
  )
})
