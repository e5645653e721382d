// Many readers on real sockets: the same bytes as tRPC's own producer, and nobody waits for who does not read.

import type { AddressInfo } from 'node:net'
import { connect, type Socket } from 'node:net'
import { fastifyTRPCPlugin } from '@trpc/server/adapters/fastify'
import { type FastifyInstance, fastify } from 'fastify'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { appRouter } from '../src/router.ts'
import { buildServer } from '../src/server.ts'
import { DEMO_USER } from './demo-auth.ts'
import { ENVIRONMENT_ID, fakePorts } from './fake-ports.ts'
import { latestView } from './latest-view.ts'

const INSTRUMENTS = 1_000
const NAME = 'n'.repeat(1_000)
const view = (i: number, batchId: number) => latestView(`S${i}`, { batchId, last: batchId, name: NAME })
const everyone = (batchId: number) => Array.from({ length: INSTRUMENTS }, (_, i) => view(i, batchId))

let nowMs: number
let ports: ReturnType<typeof fakePorts>
let server: FastifyInstance
let port: number
let readers: WireReader[]

interface Told {
  id: number
  full: boolean
  rows: { symbol: string; last: number }[]
}

/** What a socket was sent; `events` where it comes without frames. */
class WireReader {
  text = ''
  closed = false
  readonly events: Told[] = []
  readonly socket: Socket
  #rest = ''

  constructor(at: number, path: string) {
    this.socket = connect(at, '127.0.0.1')
    this.socket.on('data', (bytes: Buffer) => this.#hear(bytes.toString('latin1')))
    this.socket.on('close', () => (this.closed = true)).on('error', () => {})
    this.socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
    readers.push(this)
  }

  get body(): string {
    return this.text.slice(this.text.indexOf('\r\n\r\n') + 4)
  }

  get lastId(): number {
    return this.events.at(-1)?.id ?? -1
  }

  #hear(text: string): void {
    if (this.text.length < 100_000) this.text += text
    const parts = (this.#rest + text).split('\n\n\n')
    this.#rest = parts.pop()!
    for (const part of parts) {
      const [, data, id] = /^data: (\{"rows".*)\nid: \w+\.(\d+)$/m.exec(part) ?? []
      if (data) this.events.push({ id: Number(id), ...JSON.parse(data) })
    }
  }
}

const follow = (input: unknown = {}) =>
  new WireReader(port, `/trpc/quotes.live?input=${encodeURIComponent(JSON.stringify(input))}`)
const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

async function start(limits = {}): Promise<void> {
  ports = fakePorts({ nowMs: () => nowMs, ...limits })
  ports.hub.reset({ environmentId: ENVIRONMENT_ID, cursor: 1, rows: everyone(1) })
  server = await buildServer({
    ...ports,
    host: '127.0.0.1',
    webDist: '/nowhere',
    log: pino({ level: 'silent' }),
  })
  await server.listen({ host: '127.0.0.1', port: 0 })
  port = (server.server.address() as AddressInfo).port
}

beforeEach(() => {
  nowMs = 0
  readers = []
})
afterEach(async () => {
  for (const { socket } of readers) socket.destroy()
  ports.hub.close()
  await server.close()
})

describe('on the wire', () => {
  it('is what tRPC itself would send, from the greeting to the last words', async () => {
    await start()
    ports.hub.reset({ environmentId: ENVIRONMENT_ID, cursor: 3, rows: [view(1, 2), view(2, 3)] })
    const plain = fastify()
    const context = {
      ...{ ...ports, accounts: ports.auth.accounts },
      ...{ user: DEMO_USER, session: null, unknownBecause: null, origin: null, isEventSource: true },
      ...{ logError: () => {}, disconnect: () => {} },
    }
    await plain.register(fastifyTRPCPlugin, {
      prefix: '/trpc',
      trpcOptions: { router: appRouter, createContext: () => context },
    })
    await plain.listen({ host: '127.0.0.1', port: 0 })
    const ask = (path: string) => [
      new WireReader(port, path),
      new WireReader((plain.server.address() as AddressInfo).port, path),
    ]
    const pairs = [
      ask('/trpc/quotes.live?input=%7B%7D'),
      ask(
        `/trpc/quotes.live?input=${encodeURIComponent('{"keys":["equity:US:S2"],"lastEventId":"0b9f3c1e.2"}')}`,
      ),
      ask('/trpc/quotes.live?input=%7B%22keys%22%3A%5B%22equity%3AUS%3AS1%22%5D%7D&lastEventId=0b9f3c1e.3'),
      ask('/trpc/quotes.live?lastEventId=0b9f3c1e.1'),
    ]
    await expect.poll(() => ports.hub.subscribers).toBe(2 * pairs.length)
    ports.hub.advance(4, [view(1, 4), view(2, 4)])
    await expect.poll(() => readers.every((r) => r.text.includes('id: 0b9f3c1e.4\n'))).toBe(true)
    ports.hub.close()
    await expect.poll(() => readers.every((r) => r.body.includes('serialized-error'))).toBe(true)
    for (const [ours, theirs] of pairs) expect(unframed(ours!.body)).toBe(unframed(theirs!.body))
    expect(pairs[0]![0]!.text).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    for (const header of ['content-type: text/event-stream', 'x-content-type-options: nosniff']) {
      expect(pairs[0]![0]!.text.toLowerCase()).toContain(header)
    }
    await plain.close()
  })

  it.each(['input=7', 'input=%7Bbroken', 'input=%7B%22keys%22%3A7%7D', 'batch=1&input=%7B%7D', ''])(
    'leaves ?%s to the procedure, which says what is wrong',
    async (query) => {
      await start()
      const answer = await server.inject({
        url: `/trpc/quotes.live?${query}`,
        headers: { host: 'localhost' },
      })
      expect(answer.body).toMatch(/BAD_REQUEST/)
      expect(ports.hub.subscribers).toBe(0)
    },
  )

  it('tells a reader of some instruments of one that has its first quote now', async () => {
    await start()
    const reader = follow({ keys: ['equity:US:NEW', 'equity:US:S7'] })
    await expect.poll(() => reader.events.length).toBe(1)
    ports.hub.advance(2, [view(8, 2)])
    ports.hub.advance(3, [latestView('NEW', { batchId: 3 }), view(9, 3)])
    await expect.poll(() => reader.events.length).toBe(2)
    expect(reader.events.map((e) => [e.id, e.full, e.rows.map((r) => r.symbol)])).toEqual([
      [1, true, ['S7']],
      [3, false, ['NEW']],
    ])
  })

  it('speaks into the silence', async () => {
    await start()
    const reader = follow({ keys: ['equity:US:S7'] })
    await expect.poll(() => reader.events.length).toBe(1)
    nowMs = 5_000
    await expect.poll(() => reader.body, { timeout: 8_000 }).toMatch(/event: ping\ndata: \n\n\n$/)
  })
})

describe('a reader that does not read', () => {
  it('delays nobody, and then has the newest of each instrument', async () => {
    const LAST = 40
    await start()
    const slow = follow()
    const others = [follow(), follow({ keys: ['equity:US:S1', 'equity:US:S2'] })]
    await expect.poll(() => readers.every((r) => r.lastId === 1)).toBe(true)
    slow.socket.pause()
    for (let id = 2; id <= LAST; id++) {
      ports.hub.advance(id, everyone(id))
      while (others.some((r) => r.lastId < id)) await turn()
    }
    expect(slow.lastId).toBeLessThan(LAST)
    slow.socket.resume()
    await expect.poll(() => slow.lastId, { timeout: 10_000 }).toBe(LAST)
    const events = slow.events
    expect(events.length).toBeLessThan(LAST / 2)
    expect(new Set(events.at(-1)!.rows.map((r) => r.last))).toEqual(new Set([LAST]))
    const ids = events.map((e) => e.id)
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b))
    expect([slow.closed, ports.hub.subscribers]).toEqual([false, 3])
  })

  it('is dropped in the end, and comes back with its id for what it missed', async () => {
    await start({ slowReaderMs: 1_000 })
    const slow = follow()
    const other = follow()
    await expect.poll(() => readers.every((r) => r.lastId === 1)).toBe(true)
    slow.socket.pause()
    let id = 2
    for (; ports.hub.subscribers === 2; id++) {
      expect(id, 'nobody noticed that it does not read').toBeLessThan(200)
      ports.hub.advance(id, everyone(id))
      while (other.lastId < id) await turn()
      nowMs += 100
    }
    slow.socket.resume()
    await expect.poll(() => slow.closed).toBe(true)
    const back = follow({ lastEventId: `0b9f3c1e.${slow.lastId}` })
    await expect.poll(() => back.lastId, { timeout: 10_000 }).toBe(id - 1)
    expect(back.events.map((e) => [e.full, e.rows.length])).toEqual([[false, INSTRUMENTS]])
    expect(other.closed).toBe(false)
  })
})

/** Without the frames of chunked encoding. */
const unframed = (body: string): string => body.replace(/(?:^|\r\n)[0-9a-f]+\r\n/g, '').replace(/\r\n$/, '')
