import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { openSocket, type SocketOptions } from './socket.ts'

const ends: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

/** A vendor on loopback: `refuse` answers the upgrade with a status, otherwise `onSocket` has the other end. */
async function vendor(o: {
  refuse?: { status: number; body?: string; headers?: string }
  hang?: boolean
  onSocket?: (ws: WebSocket, request: IncomingMessage) => void
}): Promise<string> {
  const server = createServer()
  const sockets = new WebSocketServer({ noServer: true })
  server.on('upgrade', (request, socket, head) => {
    if (o.hang) return
    if (o.refuse) {
      const { status, body = '', headers = '' } = o.refuse
      socket.end(`HTTP/1.1 ${status} No\r\n${headers}content-length: ${body.length}\r\n\r\n${body}`)
      return
    }
    sockets.handleUpgrade(request, socket, head, (ws) => o.onSocket?.(ws, request))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  ends.push(() => {
    for (const ws of sockets.clients) ws.terminate()
    server.closeAllConnections()
    server.close()
  })
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/v2/iex?token=hunter2`
}

const options = (url: string, more: Partial<SocketOptions> = {}): SocketOptions => ({
  url,
  provider: 'alpaca',
  role: "Alpaca's stream",
  signal: new AbortController().signal,
  timeoutMs: 2_000,
  secrets: ['s3cret-key'],
  ...more,
})

async function read(frames: AsyncIterable<string | Uint8Array>): Promise<(string | Uint8Array)[]> {
  const all: (string | Uint8Array)[] = []
  for await (const frame of frames) all.push(frame)
  return all
}

describe('openSocket', () => {
  it('sends headers and texts, gives frames in order, and ends when the vendor says goodbye', async () => {
    const url = await vendor({
      onSocket: (ws, request) => {
        ws.send(`hello ${request.headers['x-key']}`)
        ws.on('message', (data) => {
          ws.send(`heard ${data}`)
          ws.send(new Uint8Array([1, 2, 3]))
          ws.close(1000)
        })
      },
    })
    const socket = await openSocket(options(url, { headers: { 'x-key': 'k' } }))
    socket.send('subscribe')
    expect(await read(socket.frames)).toEqual(['hello k', 'heard subscribe', new Uint8Array([1, 2, 3])])
  })

  it.each([
    [401, 'unauthorized'],
    [403, 'not_entitled'],
    [404, 'not_found'],
    [500, 'unavailable'],
  ])('a refused upgrade %i is %s', async (status, kind) => {
    const url = await vendor({ refuse: { status } })
    await expect(openSocket(options(url))).rejects.toMatchObject({
      kind,
      status,
      message: `Alpaca's stream answered ${status}`,
    })
  })

  it("reads the vendor's own words, without secrets or addresses", async () => {
    const body = 'key s3cret-key at https://x.example/y?token=hunter2 is bad'
    const url = await vendor({ refuse: { status: 403, body } })
    const explain = (_status: number, text: string) => ({ kind: 'unauthorized' as const, message: text })
    const error = await openSocket(options(url, { explain })).catch((e: Error) => e)
    expect(error).toMatchObject({ kind: 'unauthorized' })
    expect((error as Error).message).toBe("Alpaca's stream answered 403: key *** at x.example is bad")
  })

  it('a 429 says how long to wait', async () => {
    const url = await vendor({ refuse: { status: 429, headers: 'retry-after: 7\r\n' } })
    await expect(openSocket(options(url))).rejects.toMatchObject({
      kind: 'rate_limited',
      retryAfterMs: 7_000,
    })
  })

  it('never shows the address, whatever fails', async () => {
    const hung = await vendor({ hang: true })
    const refused = 'ws://127.0.0.1:1/x?token=hunter2'
    for (const url of [hung, refused, 'gopher://host/?token=hunter2', 'hunter2']) {
      const error: Error = await openSocket(options(url, { timeoutMs: 50 })).then(
        () => new Error('it opened'),
        (e) => e,
      )
      expect(error).toMatchObject({ name: 'ProviderError', provider: 'alpaca' })
      expect(error.message).not.toContain('hunter2')
      expect(error.message).toMatch(/^Alpaca's stream /)
    }
  })

  it('is given up by its signal, while it opens and afterwards', async () => {
    const opening = new AbortController()
    const hung = openSocket(options(await vendor({ hang: true }), { signal: opening.signal }))
    opening.abort()
    await expect(hung).rejects.toMatchObject({ kind: 'unavailable', message: /cancelled/ })

    const later = new AbortController()
    const closed = Promise.withResolvers<number>()
    const url = await vendor({ onSocket: (ws) => ws.on('close', closed.resolve) })
    const socket = await openSocket(options(url, { signal: later.signal }))
    later.abort()
    expect(await read(socket.frames)).toEqual([])
    expect(await closed.promise).toBe(1000)
  })

  it('a connection that breaks is unavailable, after the frames that came', async () => {
    const cut = await vendor({ onSocket: (ws) => ws.send('one', () => ws.terminate()) })
    const got: unknown[] = []
    const socket = await openSocket(options(cut))
    const reading = (async () => {
      for await (const frame of socket.frames) got.push(frame)
    })()
    await expect(reading).rejects.toMatchObject({ kind: 'unavailable', message: /broke off/ })
    expect(got).toEqual(['one'])

    const told = await vendor({ onSocket: (ws) => ws.close(1008, 'slow client') })
    await expect(read((await openSocket(options(told))).frames)).rejects.toMatchObject({
      message: "Alpaca's stream was closed with 1008: slow client",
    })
  })

  it('a line that answers no ping has gone silent', async () => {
    const url = await vendor({ onSocket: (ws) => void ws.pause() })
    const socket = await openSocket(options(url, { pingMs: 20 }))
    await expect(read(socket.frames)).rejects.toMatchObject({ kind: 'unavailable', message: /silent/ })
  })

  it('a frame that is too large is malformed', async () => {
    const url = await vendor({ onSocket: (ws) => ws.send('x'.repeat(2_000)) })
    const socket = await openSocket(options(url, { frameBytesMax: 1_000 }))
    await expect(read(socket.frames)).rejects.toMatchObject({ kind: 'malformed' })
  })

  it('a slow reader stops the vendor, and loses nothing', async () => {
    const COUNT = 4_000
    const text = 'x'.repeat(4_000)
    let unsent = 0
    const filled = Promise.withResolvers<void>()
    const url = await vendor({
      onSocket: (ws) => {
        for (let i = 0; i < COUNT; i++) ws.send(`${i} ${text}`)
        setImmediate(() => {
          unsent = ws.bufferedAmount
          filled.resolve()
        })
      },
    })
    const socket = await openSocket(options(url, { framesWaitingMax: 10 }))
    await filled.promise
    expect(unsent).toBeGreaterThan(0)
    let next = 0
    for await (const frame of socket.frames) {
      expect((frame as string).startsWith(`${next} `)).toBe(true)
      if (++next === COUNT) break
    }
    expect(next).toBe(COUNT)
  })
})
