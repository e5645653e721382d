// Prices from streams into a real Postgres: through the same gate as polls, beside them, and healed where they broke.
import { type Instrument, mintInstruments, readBars, readLatest } from '@onetape/db'
import { type TestDatabase, testDatabase } from '@onetape/db/testing'
import { type Bar, instantInZone, MINUTE_US, type Quote, SECOND_US } from '@onetape/market'
import { ProviderError, type StreamEvent } from '@onetape/providers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createComplaints } from '../src/complaints.ts'
import { parseEnv } from '../src/env.ts'
import type { House } from '../src/ingest/ask-source.ts'
import { createDayBook } from '../src/ingest/day-book.ts'
import { createFindingMemory } from '../src/ingest/finding-memory.ts'
import { createPreviousCloses } from '../src/ingest/previous-closes.ts'
import { sweep } from '../src/ingest/sweep.ts'
import { createTierBook } from '../src/ingest/tier-book.ts'
import { createLog } from '../src/log.ts'
import { createStreamer, type Streamer } from '../src/stream/streamer.ts'
import { handClock } from './clocks.ts'
import { fakeHouse } from './fake-house.ts'
import { FakeVendor } from './fake-vendor.ts'
import { readAttempts, readFindings, readTicks } from './tape-rows.ts'

const noon = instantInZone('2026-11-18', 12 * 3_600_000, 'America/New_York')
let base: TestDatabase
let clock: ReturnType<typeof handClock>
let polygon: FakeVendor
let alpaca: FakeVendor
let house: House
let instruments: Instrument[]
let streamer: Streamer
const days = createDayBook()
/** Leases that another daemon has, and those that this one wants. */
const elsewhere = new Set<string>()
let wanted: readonly string[] = []

beforeEach(async () => {
  base = await testDatabase()
  clock = handClock(noon)
  polygon = new FakeVendor({ name: 'polygon', market: clock, streams: { symbolsMax: null } })
  alpaca = new FakeVendor({ name: 'alpaca', market: clock, streams: { symbolsMax: null } })
  house = fakeHouse([polygon, alpaca], { wall: clock, market: clock })
  instruments = await mintInstruments(
    base.db,
    ['AAPL', 'MSFT'].map((symbol) => ({ ref: { assetClass: 'equity' as const, symbol } })),
  )
  const log = createLog('test', parseEnv({ ONETAPE_LOG_LEVEL: 'silent' }))
  const signal = new AbortController().signal
  streamer = createStreamer({
    db: base.db,
    house,
    wall: clock,
    market: clock,
    log,
    complaints: createComplaints(log, signal),
    signal,
    memory: createFindingMemory(),
    days,
    instruments: () => instruments,
    leases: {
      hold: async (name) => !elsewhere.has(name),
      keepOnly: async (_, names) => {
        wanted = names
      },
    },
    flushMs: 20,
  })
})
afterEach(async () => {
  elsewhere.clear()
  await streamer[Symbol.asyncDispose]()
  await base.drop()
})

const until = (check: () => unknown) => vi.waitFor(check, { timeout: 10_000, interval: 20 })
const quote = (symbol: string, last: number | null, over: Partial<Quote> = {}): StreamEvent => ({
  type: 'quote',
  quote: {
    assetClass: 'equity',
    symbol,
    ts: clock.now() - 100_000,
    tsOrigin: 'vendor',
    last,
    bid: null,
    ask: null,
    bidSize: null,
    askSize: null,
    volume: null,
    feed: 'sip',
    delayedMinutes: 0,
    currency: 'USD',
    ...over,
  },
})
const minute = (symbol: string, ts: number, close = 100): Bar => ({
  assetClass: 'equity',
  symbol,
  timeframe: '1m',
  ts,
  sessionDate: '2026-11-18',
  basis: 'split',
  feed: 'sip',
  final: true,
  open: 100,
  high: Math.max(101, close),
  low: Math.min(99, close),
  close,
  volume: 1_000 + ts / MINUTE_US,
})
const up: StreamEvent = { type: 'up', at: noon, refused: [] }
const latestOf = async (symbol: string) => (await readLatest(base.db)).find((row) => row.symbol === symbol)
const minutesOf = async (index: number) =>
  (
    await readBars(base.db, {
      instrumentId: instruments[index]!.id,
      timeframe: '1m',
      from: noon - 60 * MINUTE_US,
      to: noon + 60 * MINUTE_US,
      limit: 100,
      venue: 'XNYS',
    })
  ).bars
const sweepOnce = () =>
  sweep(
    {
      db: base.db,
      market: clock,
      wall: clock,
      memory: createFindingMemory(),
      closes: createPreviousCloses(base.db),
      book: createTierBook(new Map()),
      days,
      house,
    },
    {
      assetClass: 'equity',
      targets: [{ tier: 'core', frequencyS: 60, instruments }],
      signal: new AbortController().signal,
    },
  )

describe('a streamed price', () => {
  it('is in the tape moments later: the newest of each instrument, with its source and feed', async () => {
    await streamer.reconcile()
    const [stream] = polygon.opened
    expect(stream!.refs.map((r) => r.symbol)).toEqual(['AAPL', 'MSFT'])
    expect(alpaca.opened).toEqual([])
    stream!.send(up, quote('AAPL', 100), quote('AAPL', 100.5, { ts: noon - 50_000 }), quote('MSFT', 400))
    await until(async () => expect(await latestOf('MSFT')).toMatchObject({ last: 400 }))
    expect(await latestOf('AAPL')).toMatchObject({ last: 100.5, source: 'polygon', feed: 'sip' })
    expect(streamer.notes()).toMatchObject([
      { source: 'polygon', state: 'up', symbols: 2, ticks: 2, conflated: 1, dropped: 0 },
    ])
    expect((await readAttempts(base.db)).get('polygon')).toEqual([
      { source: 'polygon', outcome: 'served', message: 'stream', asked: 2, served: 2 },
    ])
  })

  it('stands beside polls: a sweep does not undo it, and it does not wipe the day that the sweep told of', async () => {
    polygon.prices.set('AAPL', 100)
    await sweepOnce()
    await streamer.reconcile()
    clock.forward(10 * SECOND_US)
    polygon.opened[0]!.send(up, quote('AAPL', 101))
    await until(async () => expect(await latestOf('AAPL')).toMatchObject({ last: 101 }))
    expect(await latestOf('AAPL')).toMatchObject({
      dayOpen: 100,
      dayClose: 101,
      dayHigh: expect.closeTo(110),
      previousClose: 100,
      sessionDate: '2026-11-18',
    })
    polygon.edits.set('AAPL', (s) => ({ ...s, quote: { ...s.quote, ts: noon } }))
    await sweepOnce()
    expect(await latestOf('AAPL')).toMatchObject({ last: 101 })
  })

  it('passes the same gate: faults become findings and never the latest price', async () => {
    await streamer.reconcile()
    const [stream] = polygon.opened
    stream!.send(up, quote('AAPL', 100), quote('MSFT', 400, { bid: 401, ask: 399 }))
    await until(async () => expect(await latestOf('MSFT')).toMatchObject({ bid: null, ask: null }))
    clock.forward(SECOND_US)
    stream!.send(quote('AAPL', 10_000), quote('MSFT', 0))
    await until(async () =>
      expect((await readFindings(base.db)).map((f) => `${f.kind} ${f.symbol}`).sort()).toEqual([
        'bad_price MSFT',
        'inverted MSFT',
        'unit_jump AAPL',
      ]),
    )
    expect(await latestOf('AAPL')).toMatchObject({ last: 100 })
    expect((await readTicks(base.db)).map((t) => t.price).sort()).toEqual([100, 400])
    expect(streamer.notes()[0]!.dropped).toBe(2)
  })

  it('that nobody wants is left alone; a side without a trade moves no price', async () => {
    await streamer.reconcile()
    const [stream] = polygon.opened
    stream!.send(up, quote('TSLA', 333), quote('AAPL', null, { bid: 99, ask: 101 }), quote('MSFT', 400))
    await until(async () => expect(await latestOf('MSFT')).toMatchObject({ last: 400 }))
    expect(await readLatest(base.db)).toHaveLength(1)
    clock.forward(SECOND_US)
    stream!.send(quote('MSFT', null, { bid: 399, ask: 401 }))
    await until(async () => expect(await latestOf('MSFT')).toMatchObject({ last: 400, bid: 399, ask: 401 }))
    expect(await readTicks(base.db)).toHaveLength(1)
  })
})

describe('a streamed minute', () => {
  it('is a bar of the tape; one that does not fit is a finding', async () => {
    await streamer.reconcile()
    const bars = [3, 2].map((ago) => ({ type: 'bar' as const, bar: minute('AAPL', noon - ago * MINUTE_US) }))
    polygon.opened[0]!.send(up, ...bars, {
      type: 'bar',
      bar: { ...minute('MSFT', noon - MINUTE_US), open: 0 },
    })
    await until(async () => expect(await minutesOf(0)).toHaveLength(2))
    await until(async () => expect((await readFindings(base.db)).map((f) => f.kind)).toEqual(['bar_shape']))
    expect(await minutesOf(1)).toEqual([])
  })
})

describe('a seam', () => {
  it('is healed from REST: missed minutes and where the prices are now', async () => {
    polygon.prices.set('AAPL', 105).set('MSFT', 400)
    polygon.minutes.set(
      'AAPL',
      [5, 4, 3, 2, 1].map((ago) => minute('AAPL', noon - ago * MINUTE_US)),
    )
    clock.forward(10 * SECOND_US)
    await streamer.reconcile()
    const refs = [{ assetClass: 'equity' as const, symbol: 'AAPL' }]
    const seam = { type: 'seam' as const, refs, from: noon - 4 * MINUTE_US + 1, to: noon - 90 * SECOND_US }
    polygon.opened[0]!.send(up, { ...seam, reason: 'cut' })
    await until(async () =>
      expect((await minutesOf(0)).map((b) => b.ts).filter((ts) => ts < noon)).toEqual(
        [4, 3, 2].map((ago) => noon - ago * MINUTE_US),
      ),
    )
    await until(async () => expect(await latestOf('AAPL')).toMatchObject({ last: 105 }))
    expect(polygon.barsAsked).toEqual(['AAPL 1m'])
    expect((await readAttempts(base.db)).get('polygon')).toMatchObject([
      { source: 'polygon', outcome: 'served', startedAt: clock.now(), asked: 1, served: 1 },
      { source: 'polygon', outcome: 'served', message: 'stream' },
    ])
    await until(() => expect(streamer.notes()[0]!.seams).toEqual({ open: 0, healed: 1, unhealed: 0 }))
  })

  it('that cannot be healed is tried again, then counted', async () => {
    polygon.error = new ProviderError('unavailable', 'down', { provider: 'polygon' })
    await streamer.reconcile()
    const refs = [{ assetClass: 'equity' as const, symbol: 'AAPL' }]
    const seam = { refs, from: noon - 4 * MINUTE_US, to: noon - 2 * MINUTE_US, reason: 'cut' }
    polygon.opened[0]!.send(up, { type: 'seam', ...seam })
    for (const unhealed of [0, 0, 1]) {
      await until(() => {
        const { seams } = streamer.notes()[0]!
        expect(seams).toMatchObject({ healed: 0, unhealed })
        expect(polygon.asked.length).toBeGreaterThan(0)
      })
      polygon.asked.length = 0
      clock.forward(61 * SECOND_US)
    }
  })
})

describe('streams come and go', () => {
  it('a source that refuses for good is left alone, and the next one takes its symbols', async () => {
    await streamer.reconcile()
    polygon.opened[0]!.send(new ProviderError('not_entitled', 'not in your plan', { provider: 'polygon' }))
    await until(() => expect(streamer.notes()[0]!.state).toBe('refused'))
    await streamer.reconcile()
    expect(alpaca.opened[0]!.refs.map((r) => r.symbol)).toEqual(['AAPL', 'MSFT'])
    alpaca.opened[0]!.send(up, quote('AAPL', 100, { feed: 'iex' }))
    await until(async () => expect(await latestOf('AAPL')).toMatchObject({ source: 'alpaca', feed: 'iex' }))
    expect(streamer.notes().map((n) => [n.source, n.state])).toEqual([
      ['alpaca', 'up'],
      ['polygon', 'refused'],
    ])
    clock.forward(16 * MINUTE_US)
    await streamer.reconcile()
    expect(polygon.opened).toHaveLength(2)
    expect(alpaca.opened[0]!.isClosed).toBe(true)
  })

  it('another daemon has are left to it, with their symbols, and taken over when it is gone', async () => {
    elsewhere.add('stream:polygon')
    await streamer.reconcile()
    expect([polygon.opened, alpaca.opened, wanted]).toEqual([[], [], ['stream:polygon']])
    elsewhere.clear()
    await streamer.reconcile()
    expect(polygon.opened[0]!.refs.map((r) => r.symbol)).toEqual(['AAPL', 'MSFT'])
    elsewhere.add('stream:polygon')
    await streamer.reconcile()
    expect(polygon.opened[0]!.isClosed).toBe(true)
    expect(streamer.notes()).toEqual([])
  })

  it('follow the universe without being opened anew', async () => {
    await streamer.reconcile()
    instruments = instruments.slice(0, 1)
    await streamer.reconcile()
    expect(polygon.opened).toHaveLength(1)
    expect(polygon.opened[0]!.refs.map((r) => r.symbol)).toEqual(['AAPL'])
    instruments = []
    await streamer.reconcile()
    expect(polygon.opened[0]!.isClosed).toBe(true)
  })

  it('writes what came last before it ends', async () => {
    await streamer.reconcile()
    polygon.opened[0]!.send(up, quote('AAPL', 123))
    await new Promise((resolve) => setImmediate(resolve))
    await streamer[Symbol.asyncDispose]()
    expect(await latestOf('AAPL')).toMatchObject({ last: 123 })
    expect(polygon.opened[0]!.isClosed).toBe(true)
  })
})
