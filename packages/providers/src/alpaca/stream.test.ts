import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { SymbolRef } from '@onetape/market'
import { afterEach, describe, expect, it } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import type { ProviderDeps, QuoteStream, StreamEvent } from '../contract.ts'
import { at } from '../testing-server.ts'
import { StreamBook } from './stream-book.ts'
import { pair, providerAt, stock } from './testing-alpaca.ts'

const ends: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

interface Client {
  path: string
  said: { action: string; [key: string]: unknown }[]
  send(...messages: unknown[]): void
  ws: WebSocket
}

/** Alpaca's stream on loopback. `hear` may answer a client's message itself; otherwise the vendor's manners apply. */
async function vendor(hear: (client: Client, message: Client['said'][number]) => boolean = () => false) {
  const server = createServer()
  const clients: Client[] = []
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (ws, request) => {
    const send = (...messages: unknown[]) => ws.send(JSON.stringify(messages))
    const client: Client = { path: request.url ?? '', said: [], send, ws }
    clients.push(client)
    const subscribed = new Set<string>()
    ws.on('message', (data) => {
      const message = JSON.parse(String(data))
      client.said.push(message)
      if (hear(client, message)) return
      if (message.action === 'auth') return send({ T: 'success', msg: 'authenticated' })
      for (const symbol of message.trades) {
        if (message.action === 'subscribe') subscribed.add(symbol)
        else subscribed.delete(symbol)
      }
      send({ T: 'subscription', trades: [...subscribed], quotes: [...subscribed], bars: [...subscribed] })
    })
    send({ T: 'success', msg: 'connected' })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  ends.push(() => {
    for (const ws of sockets.clients) ws.terminate()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/alpaca/ws`, clients }
}

function open(url: string, refs: readonly SymbolRef[], over: Partial<ProviderDeps> = {}) {
  const stream: QuoteStream = providerAt(url, over).streamQuotes!(refs)
  ends.push(() => stream.close())
  const events = stream[Symbol.asyncIterator]()
  const next = async (): Promise<StreamEvent> => (await events.next()).value as StreamEvent
  return { stream, next }
}

const NVDA = stock('NVDA')
const trade = (S: string, p: number, t: string, more = {}) => ({
  T: 't',
  S,
  i: 1,
  x: 'V',
  p,
  s: 5,
  c: ['@'],
  t,
  z: 'C',
  ...more,
})
const quote = (S: string, bp: number, ap: number, t: string) => ({
  T: 'q',
  S,
  bx: 'V',
  bp,
  bs: 100,
  ax: 'V',
  ap,
  as: 200,
  t,
  z: 'C',
})

describe('the stream', () => {
  it('signs in by message, subscribes to trades, quotes and minutes, and yields them as one price', async () => {
    const { url, clients } = await vendor()
    const { next } = open(url, [NVDA])
    expect(await next()).toMatchObject({ type: 'up', refused: [] })
    const [client] = clients
    expect(client!.path).toBe('/alpaca/ws/v2/sip')
    expect(client!.said).toEqual([
      { action: 'auth', key: 'PKTEST', secret: 'very-secret' },
      { action: 'subscribe', trades: ['NVDA'], quotes: ['NVDA'], bars: ['NVDA'] },
    ])
    client!.send(
      quote('NVDA', 191.2, 0, '2026-02-25T15:00:01Z'),
      trade('NVDA', 191.25, '2026-02-25T15:00:02.123456789Z'),
    )
    expect(await next()).toEqual({
      type: 'quote',
      quote: {
        ...NVDA,
        ts: at('2026-02-25T15:00:02Z') + 123_456,
        tsOrigin: 'vendor',
        last: 191.25,
        bid: 191.2,
        ask: null,
        bidSize: 100,
        askSize: null,
        volume: null,
        feed: 'sip',
        delayedMinutes: 0,
        currency: 'USD',
      },
    })
    client!.send({
      T: 'b',
      S: 'NVDA',
      o: 1,
      h: 2,
      l: 1,
      c: 2,
      v: 9,
      t: '2026-02-25T14:59:00Z',
      n: 3,
      vw: 1.5,
    })
    expect(await next()).toMatchObject({
      type: 'bar',
      bar: { ...NVDA, ts: at('2026-02-25T14:59:00Z'), close: 2, volume: 9, final: true, basis: 'split' },
    })
  })

  it('the free plan streams IEX and 30 symbols; the rest is refused by name', async () => {
    const { url, clients } = await vendor()
    const refs = [
      ...Array.from({ length: 32 }, (_, i) => stock(`S${i}`)),
      { assetClass: 'fx', symbol: 'EUR-USD' } as const,
    ]
    const { next } = open(url, refs, { tier: 'iex_free' })
    const up = await next()
    expect(clients[0]!.path).toBe('/alpaca/ws/v2/iex')
    expect(up.type === 'up' && up.refused.map((r) => [r.ref.symbol, r.reason])).toEqual([
      ['EUR-USD', 'Alpaca does not stream fx'],
      ['S30', 'the plan iex_free streams 30 symbols'],
      ['S31', 'the plan iex_free streams 30 symbols'],
    ])
  })

  it('shares and crypto are two connections of one stream, and a change is sent as the difference', async () => {
    const { url, clients } = await vendor()
    const { stream, next } = open(url, [NVDA, pair('BTC-USD')])
    expect(await next()).toMatchObject({ type: 'up', refused: [] })
    const byPath = (end: string) => clients.find((c) => c.path.endsWith(end))!
    byPath('/v1beta3/crypto/us').send({
      T: 't',
      S: 'BTC/USD',
      p: 70000.5,
      s: 0.1,
      t: '2026-02-25T15:00:00Z',
      i: 1,
      tks: 'B',
    })
    expect(await next()).toMatchObject({
      quote: { symbol: 'BTC-USD', last: 70000.5, feed: 'alpaca', currency: 'USD' },
    })
    stream.setRefs([stock('KO'), pair('BTC-USD')])
    const shares = byPath('/v2/sip')
    const told = new Promise((resolve) =>
      shares.ws.on('message', () => shares.said.length === 4 && resolve(0)),
    )
    if (shares.said.length < 4) await told
    expect(shares.said.slice(2)).toEqual([
      { action: 'unsubscribe', trades: ['NVDA'], quotes: ['NVDA'], bars: ['NVDA'] },
      { action: 'subscribe', trades: ['KO'], quotes: ['KO'], bars: ['KO'] },
    ])
    shares.send(trade('KO', 70, '2026-02-25T15:00:00Z'))
    expect(await next()).toMatchObject({ quote: { symbol: 'KO', last: 70 } })
    expect(clients).toHaveLength(2)
  })

  it('a broken frame and a broken row cost themselves', async () => {
    const { url, clients } = await vendor()
    const { stream, next } = open(url, [NVDA])
    await next()
    clients[0]!.ws.send('[{"T":"t","S":"NV')
    clients[0]!.send(
      trade('NVDA', 0, '2026-02-25T15:00:01Z'),
      { T: 't', S: 'NVDA', p: 'x', t: '' },
      { T: 'q' },
    )
    clients[0]!.send(trade('NVDA', 191, '2026-02-25T15:00:02Z'))
    expect(await next()).toMatchObject({ type: 'quote', quote: { last: 191 } })
    expect(stream.stats().dropped).toBe(4)
    expect(stream.stats().connects).toBe(1)
  })

  const errors: [number, string, 'for good' | 'again', string][] = [
    [401, 'not authenticated', 'for good', 'unauthorized'],
    [402, 'auth failed', 'for good', 'unauthorized'],
    [404, 'auth timeout', 'again', 'unavailable'],
    [405, 'symbol limit exceeded', 'for good', 'not_entitled'],
    [406, 'connection limit exceeded', 'again', 'unavailable'],
    [407, 'slow client', 'again', 'unavailable'],
    [409, 'insufficient subscription', 'for good', 'not_entitled'],
  ]
  for (const [code, msg, after, kind] of errors) {
    it(`error ${code} is ${kind}, and is ${after === 'again' ? 'tried again' : 'the end'}`, async () => {
      const { url } = await vendor((client, { action }) => {
        if (action === 'auth') client.send({ T: 'error', code, msg })
        return action === 'auth'
      })
      const { next } = open(url, [NVDA])
      const outcome = await next().catch((error: unknown) => error)
      const error = after === 'again' ? (outcome as { error: unknown }).error : outcome
      expect(error).toMatchObject({ kind, provider: 'alpaca', message: expect.stringContaining(msg) })
      if (after === 'again') expect(outcome).toMatchObject({ type: 'down' })
    })
  }

  it('without a key, or with nothing to stream, it ends with the reason', async () => {
    const { url, clients } = await vendor()
    await expect(open(url, [NVDA], { credentials: {} }).next()).rejects.toMatchObject({
      kind: 'unauthorized',
    })
    const fx = [{ assetClass: 'fx', symbol: 'EUR-USD' } as const]
    await expect(open(url, fx).next()).rejects.toMatchObject({ kind: 'unsupported' })
    expect(clients).toHaveLength(0)
  })
})

describe('trades and quotes of a symbol', () => {
  const book = () => new StreamBook('equity', { name: 'sip', delayedMinutes: 0 })
  const heard = (messages: unknown[]) => {
    const b = book()
    return messages.map((m) => b.hear(m))
  }

  it('the price’s time is the newer one; a trade reported after a newer quote is not lost', () => {
    const events = heard([
      trade('A', 10, '2026-02-25T15:00:00Z'),
      quote('A', 10.1, 10.3, '2026-02-25T15:00:02Z'),
      trade('A', 10.2, '2026-02-25T15:00:01Z'),
    ])
    expect(events.map((e) => e.type === 'quote' && [e.quote.ts, e.quote.last, e.quote.bid])).toEqual([
      [at('2026-02-25T15:00:00Z'), 10, null],
      [at('2026-02-25T15:00:02Z'), 10, 10.1],
      [at('2026-02-25T15:00:02Z'), 10.2, 10.1],
    ])
  })

  it('a late trade that changes nothing is not told again; the same one twice is, to be counted', () => {
    const events = heard([
      trade('A', 10, '2026-02-25T15:00:00Z', { i: 1 }),
      quote('A', 10.1, 10.3, '2026-02-25T15:00:02Z'),
      trade('A', 10, '2026-02-25T15:00:01Z', { i: 2 }),
      trade('A', 10, '2026-02-25T15:00:01Z', { i: 2 }),
    ])
    expect(events.map((e) => e.type)).toEqual(['quote', 'quote', 'alive', 'quote'])
    expect(events[3]).toEqual(events[1])
  })

  it('an older trade keeps its own time, for the supervisor to refuse', () => {
    const events = heard([trade('A', 10, '2026-02-25T15:00:05Z'), trade('A', 9, '2026-02-25T15:00:01Z')])
    expect(events[1]).toMatchObject({ quote: { last: 9, ts: at('2026-02-25T15:00:01Z') } })
  })

  it('a quote alone is no price; odd lots and official closes set no last', () => {
    const events = heard([
      quote('A', 10.1, 10.3, '2026-02-25T15:00:00Z'),
      trade('A', 11, '2026-02-25T15:00:01Z', { c: ['@', 'I'] }),
      trade('A', 11, '2026-02-25T15:00:02Z', { c: ['@', 'M'] }),
      trade('A', 12, '2026-02-25T15:00:03Z', { c: ['@', 'T'] }),
    ])
    expect(events.map((e) => e.type)).toEqual(['alive', 'alive', 'alive', 'quote'])
  })

  it('taking back the newest trade is a gap; another’s id beyond 2^53 is told apart', () => {
    const cancel = (i: string) => ({ T: 'x', S: 'A', i, p: 10, s: 5, a: 'C', t: '2026-02-25T15:00:04Z' })
    const events = heard([
      trade('A', 10, '2026-02-25T15:00:00Z', { i: '7446469938634049684' }),
      cancel('7446469938634049685'),
      cancel('7446469938634049684'),
      quote('A', 10.1, 10.3, '2026-02-25T15:00:05Z'),
    ])
    expect(events.map((e) => e.type)).toEqual(['quote', 'alive', 'gap', 'alive'])
    expect(events[2]).toMatchObject({ refs: [stock('A')] })
  })
})
