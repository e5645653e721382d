import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { WireCall } from '../call.ts'
import { type LinesOptions, openLines } from './lines.ts'

const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

async function vendor(answer: (res: ServerResponse) => void): Promise<URL> {
  const server = createServer((_req, res) => answer(res)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  ends.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v3/stream?token=hunter2`)
}

const options = (url: URL, more: Partial<LinesOptions> = {}): LinesOptions => ({
  fetch,
  url,
  provider: 'oanda',
  role: "OANDA's stream",
  signal: new AbortController().signal,
  timeoutMs: 2_000,
  secrets: [],
  ...more,
})

async function read(lines: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = []
  for await (const line of lines) all.push(line)
  return all
}

describe('openLines', () => {
  it('puts lines together over chunks, characters of several bytes included', async () => {
    const bytes = Buffer.from('{"a":"€"}\r\n\n{"b":2}\n{"c":3}')
    const url = await vendor((res) => {
      for (const byte of bytes) res.write(Buffer.from([byte]))
      res.end()
    })
    expect(await read(await openLines(options(url)))).toEqual(['{"a":"€"}', '{"b":2}', '{"c":3}'])
  })

  it.each([
    [401, 'unauthorized'],
    [403, 'not_entitled'],
    [429, 'rate_limited'],
    [503, 'unavailable'],
  ])('an answer of %i is %s', async (status, kind) => {
    const url = await vendor((res) => res.writeHead(status, { 'retry-after': '3' }).end('{}'))
    const calls: WireCall[] = []
    const lines = openLines(options(url, { call: { onCall: (call) => calls.push(call) } }))
    await expect(lines).rejects.toMatchObject({ kind, status, provider: 'oanda' })
    expect(calls).toMatchObject([{ outcome: kind, status, scope: 'rest' }])
    expect(calls[0]!.what).not.toContain('hunter2')
  })

  it('asks the budget first, and sends nothing when it says no', async () => {
    let asked = 0
    const url = await vendor((res) => {
      asked++
      res.end()
    })
    const budget = {
      take: async () => ({ granted: false as const, retryAfterMs: 500, limit: '20 streams' }),
      learn: () => {},
    }
    await expect(openLines(options(url, { budget }))).rejects.toMatchObject({
      kind: 'rate_limited',
      origin: 'budget',
      retryAfterMs: 500,
    })
    expect(asked).toBe(0)
  })

  it('gives up on a vendor that does not begin, and on one that cannot be reached', async () => {
    const hung = await vendor(() => {})
    await expect(openLines(options(hung, { timeoutMs: 30 }))).rejects.toMatchObject({
      kind: 'unavailable',
      message: "OANDA's stream did not answer within 30 ms",
    })
    const nobody = new URL('http://127.0.0.1:1/?token=hunter2')
    await expect(openLines(options(nobody))).rejects.toMatchObject({ kind: 'unavailable' })
  })

  it('a body that breaks is unavailable, after the lines that came', async () => {
    const url = await vendor((res) => res.write('one\ntw', () => res.destroy()))
    const got: string[] = []
    const reading = (async () => {
      for await (const line of await openLines(options(url))) got.push(line)
    })()
    await expect(reading).rejects.toMatchObject({ kind: 'unavailable', message: /broke off/ })
    expect(got).toEqual(['one'])
  })

  it('a line without an end is malformed', async () => {
    const url = await vendor((res) => void res.write('x'.repeat(5_000)))
    await expect(read(await openLines(options(url, { lineCharsMax: 1_000 })))).rejects.toMatchObject({
      kind: 'malformed',
    })
  })

  it('ends quietly with its signal, and lets the vendor go', async () => {
    const gone = Promise.withResolvers<void>()
    const url = await vendor((res) => {
      res.on('close', gone.resolve)
      res.write('one\n')
    })
    const stop = new AbortController()
    const got: string[] = []
    for await (const line of await openLines(options(url, { signal: stop.signal }))) {
      got.push(line)
      stop.abort()
    }
    expect(got).toEqual(['one'])
    await gone.promise
  })
})
