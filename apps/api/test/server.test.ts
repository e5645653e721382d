import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type IncomingHttpHeaders, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect as connectTcp } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { buildServer } from '../src/server.ts'
import { ENVIRONMENT_ID, fakePorts, healthyReport } from './fake-ports.ts'
import { latestView } from './latest-view.ts'

const PAGE =
  '<!doctype html><title>OneTape</title><script>document.title="x"</script><script src="/assets/a-1.js"></script>'
const RUBBISH_STACK = /at .*\.ts:\d+|node_modules|\/src\//

let webDist: string
let ports: ReturnType<typeof fakePorts>
let server: FastifyInstance
let logged: string[]

beforeEach(async () => {
  webDist = await mkdtemp(join(tmpdir(), 'onetape-web-'))
  await mkdir(join(webDist, 'assets'))
  await writeFile(join(webDist, 'index.html'), PAGE)
  await writeFile(join(webDist, 'assets/a-1.js'), 'export const a = 1\n'.repeat(500))
  ports = fakePorts()
  ports.hub.reset({ environmentId: ENVIRONMENT_ID, cursor: 3, rows: [latestView('AAPL', { batchId: 3 })] })
  logged = []
  const log = pino({ level: 'info' }, { write: (line: string) => void logged.push(line) })
  server = await buildServer({ ...ports, host: '127.0.0.1', webDist, log })
})
afterEach(async () => {
  ports.hub.close()
  server.server.closeAllConnections()
  await server.close()
  await rm(webDist, { recursive: true })
})

const get = (url: string, headers: Record<string, string> = {}) =>
  server.inject({ url, headers: { host: 'localhost:4700', accept: 'text/html,*/*', ...headers } })
const call = (path: string, input: unknown) =>
  get(`/trpc/${path}?input=${encodeURIComponent(JSON.stringify(input))}`)

describe('who may ask', () => {
  it.each(['localhost', 'localhost:4700', '127.0.0.1:1', '[::1]:4700', 'LOCALHOST:4700'])(
    'answers as %s',
    async (host) => {
      expect((await get('/api/health', { host })).statusCode).toBe(200)
    },
  )

  it.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example:4700',
    'localhost:4700@evil.example',
  ])('refuses the foreign name %j on every route', async (host) => {
    for (const url of ['/api/health', '/trpc/health.get', '/', '/assets/a-1.js', '/nothing']) {
      expect((await get(url, { host })).statusCode, url).toBe(403)
    }
  })

  it('takes any name when it was told to listen to the network', async () => {
    const open = await buildServer({ ...ports, host: '0.0.0.0', webDist, log: pino({ level: 'silent' }) })
    expect((await open.inject({ url: '/api/health', headers: { host: 'tape.lan' } })).statusCode).toBe(200)
    await open.close()
  })
})

describe('health', () => {
  it('is plain JSON, 200 when ok and 503 when not, never cached', async () => {
    const good = await get('/api/health')
    expect([good.statusCode, good.json().ok, good.headers['cache-control']]).toEqual([200, true, 'no-store'])
    ports.health.report = { ...healthyReport, ok: false }
    expect((await get('/api/health')).statusCode).toBe(503)
  })
})

describe('the dashboard', () => {
  it.each(['/', '/index.html', '/instrument/equity:US:BRK.B', '/market?sort=change'])(
    'is the page at %s, never from a cache',
    async (url) => {
      const answer = await get(url)
      expect([answer.statusCode, answer.body]).toEqual([200, PAGE])
      expect(answer.headers['cache-control']).toBe('no-cache')
      expect(answer.headers['content-type']).toMatch('text/html')
    },
  )

  it('names its inline script by hash and allows no other', async () => {
    const policy = String((await get('/')).headers['content-security-policy'])
    expect(policy).toContain("default-src 'self'")
    expect(policy).toMatch(/script-src 'self' 'sha256-[A-Za-z0-9+/=]{44}';/)
    expect(policy).toContain("frame-ancestors 'none'")
  })

  it('keeps hashed assets for ever', async () => {
    const answer = await get('/assets/a-1.js')
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['cache-control']).toBe('public, max-age=31536000, immutable')
  })

  it.each(['/assets/gone-2.js', '/api/nothing', '/api', '/favicon.ico', '/trpc/'])(
    'has nothing at %s, and says it in JSON',
    async (url) => {
      const answer = await get(url)
      expect(answer.statusCode).toBe(404)
      expect(answer.json().error).toBeDefined()
    },
  )

  it.each(['/../package.json', '/%2e%2e/package.json', '/assets/..%2f..%2fpackage.json', '/.env'])(
    'does not leave its folder: %s',
    async (url) => {
      expect((await get(url)).body).not.toMatch(/"private"|DATABASE/)
    },
  )

  it('says how to build it when it is not there', async () => {
    await rm(join(webDist, 'index.html'))
    const answer = await get('/')
    expect([answer.statusCode, answer.body]).toEqual([503, expect.stringContaining('npm run build')])
  })
})

describe('calls', () => {
  it('answers a batch whose names make a long address', async () => {
    const names = Array.from({ length: 15 }, () => 'quotes.latest').join(',')
    const input = Object.fromEntries(Array.from({ length: 15 }, (_, i) => [i, { keys: ['equity:US:AAPL'] }]))
    const answer = await get(`/trpc/${names}?batch=1&input=${encodeURIComponent(JSON.stringify(input))}`)
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toHaveLength(15)
    expect(answer.json()[14].result.data.rows[0].symbol).toBe('AAPL')
  })

  it.each([
    ['series.get', { key: 'equity:US:AAPL', timeframe: '1m', limit: 5_001 }, /^limit: /],
    ['series.get', { key: 'equity:US:AAPL', timeframe: '1m', limit: 0 }, /^limit: /],
    ['series.get', { key: 'equity:US:AAPL', timeframe: '7m' }, /^timeframe: /],
    ['series.get', { key: 'equity:US:AAPL', timeframe: '1m', points: 9 }, /^points: /],
    ['series.get', { key: 'equity:US:AAPL', timeframe: '1m', points: 10_001 }, /^points: /],
    ['series.get', { key: 'equity:US:AAPL', timeframe: '1d', from: 5, to: 5 }, /^from: must be before `to`/],
    ['series.get', { key: 'equity:US:AAPL', timeframe: '1d', from: 1.5 }, /^from: /],
    ['series.get', { key: 'x'.repeat(65), timeframe: '1d' }, /^key: /],
    ['instruments.search', { text: 'x'.repeat(65) }, /^text: /],
    ['quotes.latest', { keys: Array.from({ length: 501 }, () => 'k') }, /^keys: /],
    ['quotes.latest', 'nonsense', /./],
  ])('refuses %s %j in one line', async (path, input, line) => {
    const answer = await call(path, input)
    expect(answer.statusCode).toBe(400)
    expect(answer.json().error.message).toMatch(line)
    expect(answer.json().error.message).not.toContain('\n')
    expect(answer.body).not.toMatch(RUBBISH_STACK)
  })

  it('says which instrument is unknown', async () => {
    const answer = await call('instruments.get', { key: 'equity:US:NOPE' })
    expect(answer.statusCode).toBe(404)
    expect(answer.json().error).toMatchObject({
      message: expect.stringContaining('"equity:US:NOPE"'),
      data: { code: 'NOT_FOUND', httpStatus: 404, path: 'instruments.get' },
    })
  })

  it('masks the unexpected, and the id it tells is in the log with the cause', async () => {
    ports.tape.search = async () => {
      throw new Error('password hunter2 refused')
    }
    const answer = await call('instruments.search', { text: 'apple' })
    expect(answer.statusCode).toBe(500)
    expect(answer.body).not.toMatch(/hunter2|stack/)
    expect(answer.body).not.toMatch(RUBBISH_STACK)
    const id = /under ([0-9a-f]{8})/.exec(answer.json().error.message)?.[1]
    expect(logged.join('')).toContain(id)
    expect(logged.join('')).toContain('hunter2')
  })

  it('says 503 when the database is away', async () => {
    ports.tape.search = async () => {
      throw Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' })
    }
    const answer = await call('instruments.search', { text: 'apple' })
    expect([answer.statusCode, answer.json().error.data.code]).toEqual([503, 'SERVICE_UNAVAILABLE'])
    expect(answer.json().error.message).toMatch(/^The database does not answer/)
  })

  it.each(['/trpc/nothing.here', '/trpc/health.get?input=%7Bbroken', '/trpc/health.get?batch=1&input=7'])(
    'survives %s',
    async (url) => {
      const answer = await get(url)
      expect(answer.body).not.toMatch(RUBBISH_STACK)
      expect((await get('/api/health')).statusCode).toBe(200)
    },
  )

  it('refuses a body that is too large', async () => {
    const answer = await server.inject({
      method: 'POST',
      url: '/trpc/health.get',
      headers: { host: 'localhost', origin: 'http://localhost', 'content-type': 'application/json' },
      payload: JSON.stringify('x'.repeat(300_000)),
    })
    expect(answer.statusCode).toBe(413)
    expect(answer.json().error.message).toBeTruthy()
  })
})

describe('on the wire', () => {
  const listening = async () => {
    await server.listen({ host: '127.0.0.1', port: 0 })
    return (server.server.address() as AddressInfo).port
  }
  const firstOf = (port: number, path: string, until: RegExp) =>
    new Promise<{ headers: IncomingHttpHeaders; text: string }>((resolve, reject) => {
      const req = request({ port, path, headers: { 'accept-encoding': 'br, gzip' } }, (res) => {
        let text = ''
        res.on('data', (chunk: Buffer) => {
          text += chunk.toString()
          if (!until.test(text)) return
          resolve({ headers: res.headers, text })
          req.destroy()
        })
      })
      req.on('error', reject)
      req.end()
    })

  it('compresses answers but never the stream, which would hold events back', async () => {
    const port = await listening()
    expect((await firstOf(port, '/assets/a-1.js', /./)).headers['content-encoding']).toBe('br')
    const stream = await firstOf(port, '/trpc/quotes.live?input=%7B%7D', /"full":true/)
    expect(stream.headers['content-type']).toMatch('text/event-stream')
    expect(stream.headers['content-encoding']).toBeUndefined()
    expect(stream.text).toContain('"reconnectAfterInactivityMs":15000')
  })

  it('cuts a client that opens the stream and does not read, and keeps only the newest rows for it', async () => {
    let nowMs = 0
    const slow = fakePorts({ slowReaderMs: 1_000, nowMs: () => nowMs })
    const name = 'n'.repeat(1_000)
    const rows = Array.from({ length: 2_000 }, (_, i) => latestView(`S${i}`, { batchId: 1, name }))
    slow.hub.reset({ environmentId: ENVIRONMENT_ID, cursor: 1, rows })
    const other = await buildServer({ ...slow, host: '127.0.0.1', webDist, log: pino({ level: 'silent' }) })
    await other.listen({ host: '127.0.0.1', port: 0 })
    const socket = connectTcp((other.server.address() as AddressInfo).port, '127.0.0.1')
    socket.pause()
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
    socket.on('error', () => {})
    socket.write('GET /trpc/quotes.live?input=%7B%7D HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await expect.poll(() => slow.hub.subscribers).toBe(1)
    for (let id = 2; slow.hub.subscribers > 0; id++) {
      expect(id, 'the server never noticed that nobody reads').toBeLessThan(200)
      slow.hub.advance(
        id,
        rows.map((r) => ({ ...r, batchId: id })),
      )
      nowMs += 100
      await new Promise((resolve) => setImmediate(resolve))
    }
    socket.resume()
    await closed
    await other.close()
  })
})
