// A small server that speaks the wire of the API (tRPC over server-sent events) from memory, and serves one built
// page. It stands in for the API so that the two cores of the machine are the browser's: a database and a writer of
// 2,000 rows a second beside it would measure them instead. Each page has a feeder and a port of its own.
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import type { Health, QuoteDelta } from '@onetape/api/router'
import { type Micros, sessionAt } from '@onetape/market'
import type { MovingMarket } from './market.ts'

export interface Pace {
  /** Rows in one event. */
  rows: number
  everyMs: number
}

export interface FeederOptions {
  market: MovingMarket
  /** The built page, as `vite build` left it. */
  dist: string
  clock: { now(): Micros }
}

export interface Feeder extends AsyncDisposable {
  url: string
  /** Sends changes at a pace until the returned function is called; it says how many rows were sent. */
  feed(pace: Pace): () => number
}

const ENVIRONMENT_ID = '00000000-0000-4000-8000-0000000be9c4'
const HEALTH_EVERY_MS = 2_000
const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

export async function startFeeder({ market, dist, clock }: FeederOptions): Promise<Feeder> {
  const quotes = new Set<ServerResponse>()
  const watchers = new Set<ServerResponse>()
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://feeder')
    if (pathname === '/trpc/quotes.live') {
      openStream(request, response, quotes)
      response.write(quoteEvent(market, { rows: [...market.rows], full: true }))
    } else if (pathname === '/trpc/health.watch') {
      openStream(request, response, watchers)
      response.write(dataEvent(healthOf(market, clock.now())))
    } else if (pathname.startsWith('/trpc/')) {
      response.writeHead(404, { 'content-type': 'application/json' }).end(notHere)
    } else {
      void sendFile(response, dist, pathname)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const beat = setInterval(() => {
    for (const watcher of watchers) watcher.write(dataEvent(healthOf(market, clock.now())))
    for (const open of quotes) open.write('event: ping\ndata: \n\n')
  }, HEALTH_EVERY_MS)
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    feed: ({ rows, everyMs }) =>
      everyInterval(everyMs, () => {
        const event = quoteEvent(market, { rows: market.move(rows, clock.now()), full: false })
        for (const open of quotes) open.write(event)
        return rows
      }),
    async [Symbol.asyncDispose]() {
      clearInterval(beat)
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Keeps to the clock: a late turn is followed by the ones it held up. */
function everyInterval(everyMs: number, turn: () => number): () => number {
  const startedAt = performance.now()
  let turns = 0
  let sent = 0
  const timer = setInterval(() => {
    while (turns < (performance.now() - startedAt) / everyMs - 1) {
      turns++
      sent += turn()
    }
  }, everyMs)
  return () => {
    clearInterval(timer)
    return sent
  }
}

function openStream(request: IncomingMessage, response: ServerResponse, open: Set<ServerResponse>): void {
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-cache, no-transform',
    connection: 'keep-alive',
  })
  response.write('event: connected\ndata: {"reconnectAfterInactivityMs":15000}\n\n\n')
  open.add(response)
  request.on('close', () => open.delete(response))
}

const dataEvent = (data: unknown): string => `data: ${JSON.stringify(data)}\n\n\n`

const quoteEvent = (market: MovingMarket, delta: QuoteDelta): string =>
  `data: ${JSON.stringify(delta)}\nid: ${ENVIRONMENT_ID.replaceAll('-', '').slice(0, 8)}.${market.batchId}\n\n\n`

const notHere = JSON.stringify({ error: { message: 'not here', code: -32004, data: { code: 'NOT_FOUND' } } })

function healthOf(market: MovingMarket, now: Micros): Health {
  return {
    ok: true,
    mode: 'demo',
    environmentId: ENVIRONMENT_ID,
    wallNow: now,
    marketNow: now,
    shiftUs: 0,
    venues: (['XNYS', 'CRYPTO', 'FX'] as const).map((venue) => {
      const { state, session, nextChange } = sessionAt(venue, now)
      return { venue, state, sessionDate: session?.date ?? null, nextChange }
    }),
    daemon: { alive: true, beatAgeMs: 500, startedAt: now, detail: null },
    database: { ok: true, version: '17' },
    tape: {
      batchId: market.batchId,
      lastBatchAt: now,
      lagSeconds: 0,
      instruments: market.rows.length,
      quoted: market.rows.length,
    },
    tiers: [],
    sources: [{ name: 'polygon', status: 'ok', message: null, at: now }],
  }
}

async function sendFile(response: ServerResponse, dist: string, pathname: string): Promise<void> {
  const name = extname(pathname) === '' ? 'index.html' : normalize(pathname)
  try {
    const body = await readFile(join(dist, name))
    response.writeHead(200, { 'content-type': TYPES[extname(name)] ?? 'application/octet-stream' }).end(body)
  } catch {
    response.writeHead(404).end()
  }
}
