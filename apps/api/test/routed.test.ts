// The routed procedures over HTTP: a real tape, the real adapters and their simulated vendors.
import type { AddressInfo } from 'node:net'
import { beatHeart, mintInstruments, readCalls, writeBatch, writeMarketShift } from '@onetape/db'
import { type TestDatabase, testDatabase } from '@onetape/db/testing'
import { DAY_US, microsFromIso } from '@onetape/market'
import { registry, simulatedSettings } from '@onetape/providers'
import { type Simulator, startSimulator } from '@onetape/simulator'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { type Api, compose } from '../src/compose.ts'
import { buildServer } from '../src/server.ts'
import { demoAuth } from './demo-auth.ts'
import { apiClient } from './tape-client.ts'

const log = pino({ level: 'silent' })
const AAPL = 'equity:US:AAPL'
const BTC = 'crypto:BTC-USD'

let database: TestDatabase
let simulator: Simulator
let api: Api
let client: ReturnType<typeof apiClient>
let stop: () => Promise<void>
let marketNow: () => number

beforeAll(async () => {
  database = await testDatabase()
  // The next Wednesday afternoon in New York: shifts only grow.
  const wallNow = Date.now() * 1000
  const wednesday = microsFromIso('2026-11-25T19:30:00Z')!
  const weeks = Math.ceil(Math.max(0, wallNow - wednesday) / (7 * DAY_US))
  const shiftUs = wednesday + weeks * 7 * DAY_US - wallNow
  marketNow = () => Date.now() * 1000 + shiftUs
  await writeMarketShift(database.db, { shiftUs, from: wallNow, to: wallNow + shiftUs })
  simulator = await startSimulator({ shiftUs })
  const [apple] = await mintInstruments(database.db, [
    { ref: { assetClass: 'equity', symbol: 'AAPL' }, name: 'Apple Inc.' },
    { ref: { assetClass: 'crypto', symbol: 'BTC-USD' }, name: 'Bitcoin' },
  ])
  await quoteOnTape(apple!.id)
  const vendors = simulatedSettings(registry.definitions, simulator.endpoints)
  api = compose({ db: database.db, url: database.url, mode: 'demo', log, vendors })
  await api.catchUp()
  const server = await buildServer({ ...api, auth: demoAuth, host: '127.0.0.1', webDist: '/nowhere', log })
  await server.listen({ host: '127.0.0.1', port: 0 })
  client = apiClient((server.server.address() as AddressInfo).port)
  stop = () => server.close()
}, 120_000)
afterEach(() => simulator.faults.clear())
afterAll(async () => {
  api?.endStreams()
  await stop?.()
  await api?.[Symbol.asyncDispose]()
  await simulator?.close()
  await database?.drop()
})

async function quoteOnTape(instrumentId: number): Promise<void> {
  const now = marketNow()
  const row = {
    instrumentId,
    ts: now,
    last: 123.45,
    bid: null,
    ask: null,
    bidSize: null,
    askSize: null,
    day: null,
    previousClose: 120,
    sessionDate: '2026-11-25',
    feed: 'sip',
    delayedMinutes: 0,
    tsOrigin: 'vendor' as const,
  }
  await writeBatch(database.db, {
    kind: 'ticks',
    source: 'yahoo',
    feed: 'sip',
    fetchedAt: now,
    marketNow: now,
    latest: { rows: [row], sourceOrder: { default: ['polygon', 'yahoo'] }, cadenceUs: 60_000_000 },
    attempts: [
      { source: 'polygon', outcome: 'skipped', reason: 'breaker_open', message: 'polygon failed lately' },
      { source: 'yahoo', outcome: 'served', asked: 1, served: 1 },
    ],
  })
}

it('a quote comes from the first source of the house order, with a receipt that names its calls', async () => {
  const { quote, receipt } = await client.quote.query({ key: AAPL })
  expect(quote?.last).toBeGreaterThan(0)
  expect(receipt).toMatchObject({ source: 'polygon', kind: 'quotes', order: 'house', freshness: 'live' })
  expect(receipt.attempts[0]).toMatchObject({ source: 'polygon', outcome: 'served', asked: 1, served: 1 })
  expect(receipt.attempts[0]!.calls).toHaveLength(1)
  expect(receipt.ts).toBe(quote?.ts)
})

it('the calls of users are kept, with their priority', async () => {
  await client.quote.query({ key: BTC })
  await expect
    .poll(async () => (await readCalls(database.db, { source: 'coinbase', limit: 1 }))[0])
    .toMatchObject({ priority: 'user', outcome: 'ok' })
})

it('a source that fails gives way to the next, and the receipt says why', async () => {
  simulator.faults.add({ vendor: 'polygon', kind: 'server_error' })
  const { rows } = await client.snapshot.query({ keys: [AAPL] })
  expect(rows[0]!.snapshot?.quote.last).toBeGreaterThan(0)
  const { receipt } = rows[0]!
  expect(receipt.source).toBe('alpaca')
  expect(receipt.attempts[0]).toMatchObject({ source: 'polygon', outcome: 'failed', reason: 'unavailable' })
})

it('bars are of one source on one basis, oldest first', async () => {
  const { bars, receipt } = await client.bars.query({ key: AAPL, timeframe: '1d', limit: 30 })
  expect(bars.length).toBe(30)
  expect(new Set(bars.map((b) => b.basis))).toEqual(new Set([receipt.basis]))
  expect(bars.every((b, i) => i === 0 || bars[i - 1]!.ts < b.ts)).toBe(true)
})

it('fundamentals and an options chain come with receipts', async () => {
  const { fundamentals, receipt } = await client.fundamentals.query({ key: AAPL })
  expect(fundamentals?.periods.length).toBeGreaterThan(0)
  expect(receipt.kind).toBe('fundamentals')
  const { chain, receipt: about } = await client.optionsChain.query({ key: AAPL })
  expect(chain?.contracts.length).toBeGreaterThan(5)
  expect(about).toMatchObject({ kind: 'options', freshness: 'live' })
})

it('explain names who would serve and why the others would not, and spends no call', async () => {
  const seen = simulator.requestsAfter(0).length
  const decision = await client.explain.query({ key: BTC, kind: 'quotes' })
  expect(decision.serves).toBe('coinbase')
  expect(decision.sources.map((s) => s.source)).toContain('polygon')
  const figures = await client.explain.query({ key: BTC, kind: 'fundamentals' })
  expect(figures.sources.every((s) => s.verdict === 'skipped' && s.message.length > 5)).toBe(true)
  expect(simulator.requestsAfter(0).length).toBe(seen)
})

it('the receipt of a price on the tape tells how its batch was had', async () => {
  const receipt = await client.receipt.query({ key: AAPL })
  expect(receipt).toMatchObject({ source: 'yahoo', freshness: 'tape', ref: { symbol: 'AAPL' } })
  expect(receipt.attempts.map((a) => [a.source, a.outcome, a.reason])).toEqual([
    ['polygon', 'skipped', 'breaker_open'],
    ['yahoo', 'served', null],
  ])
})

it('the providers report has a matrix, budgets and health for every vendor', async () => {
  const report = await client.providers.query()
  expect(report.sources.map((s) => s.name).sort()).toEqual([...registry.names].sort())
  const coinbase = report.sources.find((s) => s.name === 'coinbase')!
  expect(coinbase.matrix.crypto?.quotes).toMatchObject({ state: 'live' })
  expect(coinbase.matrix.crypto?.fundamentals.state).toBe('none')
  expect(coinbase.budgets.length).toBeGreaterThan(0)
  expect(coinbase.health).toMatchObject({ state: 'closed' })
  expect(report.order.equity[0]).toBe('polygon')
})

it('a stream is reported as the daemon says it runs that runs it', async () => {
  const stream = {
    source: 'coinbase',
    state: 'up',
    symbols: 12,
    connects: 2,
    received: 40,
    conflated: 3,
    dropped: 1,
    lastEventAt: marketNow(),
  }
  const wallNow = Date.now() * 1000
  const beat = (instanceId: string, at: number, streams: object[]) =>
    beatHeart(database.db, {
      instanceId,
      pid: 1,
      startedAt: at,
      wallNow: at,
      marketNow: marketNow(),
      detail: { streams },
    })
  await beat('of coinbase', wallNow - 1_000_000, [stream])
  await beat('of oanda', wallNow, [{ ...stream, source: 'oanda' }])
  await beat('long gone', wallNow - 60_000_000, [{ ...stream, source: 'yahoo' }])
  const { sources } = await client.providers.query()
  const { source: _, state: __, ...figures } = stream
  expect(sources.find((s) => s.name === 'coinbase')!.stream).toEqual({ up: true, ...figures })
  expect(sources.find((s) => s.name === 'yahoo')!.stream).toBeNull()
})

it('unknown instruments and impossible ranges are told in one line', async () => {
  await expect(client.quote.query({ key: 'equity:US:NOPE' })).rejects.toThrow(
    /no instrument "equity:US:NOPE"/,
  )
  await expect(client.snapshot.query({ keys: [AAPL, 'equity:US:NOPE'] })).rejects.toThrow(/equity:US:NOPE/)
  await expect(client.bars.query({ key: AAPL, timeframe: '1d', from: 5, to: 5 })).rejects.toThrow(/^from: /)
  await expect(client.receipt.query({ key: BTC })).rejects.toThrow(/holds no price/)
})
