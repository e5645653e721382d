import { HOUR_US, isoFromMicros, MINUTE_US, type Timeframe } from '@onetape/market'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BarRow, DailyRow } from '../batch.ts'
import {
  bar,
  batch,
  daily,
  day,
  HOUSE_ORDER,
  hour,
  latest,
  minute,
  NOON,
  newInstruments,
  tick,
} from '../sample-batches.ts'
import { DERIVE } from '../series/intraday-sql.ts'
import type { SeriesRequest } from '../series/series.ts'
import { type TestDatabase, testDatabase } from '../testing.ts'
import { rollUpBatches } from '../writes/roll-up-batches.ts'
import { writeBatch } from '../writes/write-batch.ts'
import { readBars } from './read-bars.ts'

let t: TestDatabase
beforeAll(async () => {
  t = await testDatabase()
}, 120_000)
afterAll(() => t.drop())

const writeBars = (source: string, ...bars: BarRow[]) =>
  writeBatch(t.db, batch({ kind: 'bars', source, feed: `${source}-feed`, bars }))
const writeDays = (source: string, ...days: DailyRow[]) =>
  writeBatch(t.db, batch({ kind: 'daily', source, daily: days }))
const read = (instrumentId: number, timeframe: Timeframe, more: Partial<SeriesRequest> = {}) =>
  readBars(t.db, {
    instrumentId,
    timeframe,
    from: day(-4000),
    to: day(30),
    limit: 500,
    venue: 'XNYS',
    ...more,
  })
const midnight = (date: string) => Date.parse(`${date}T00:00:00Z`) * 1000

describe('a series is of one source', () => {
  test('the one with the newest bar, named, with its feed and the others', async () => {
    const [id] = await newInstruments(t.db, 1)
    await writeBars('yahoo', bar(id!, minute(0), 10), bar(id!, minute(3), 11))
    await writeBars('polygon', bar(id!, minute(0), 20))
    const series = await read(id!, '1m', { sourceOrder: HOUSE_ORDER })
    expect(series).toMatchObject({
      source: 'yahoo',
      basis: 'raw',
      feed: 'yahoo-feed',
      sources: ['polygon', 'yahoo'],
    })
    expect(series.bars.map((b) => b.close)).toEqual([10, 11])
  })

  test('a stand-in that is at most two bars ahead does not take it over', async () => {
    const [id] = await newInstruments(t.db, 1)
    await writeBars('yahoo', bar(id!, minute(0), 10), bar(id!, minute(2), 11))
    await writeBars('polygon', bar(id!, minute(0), 20))
    expect((await read(id!, '1m', { sourceOrder: HOUSE_ORDER })).source).toBe('polygon')
    expect((await read(id!, '1m', { sourceOrder: ['yahoo', 'polygon'] })).source).toBe('yahoo')
    expect((await read(id!, '1m')).source).toBe('yahoo')
  })

  test('between equals the house order decides; who is asked for is taken', async () => {
    const [id] = await newInstruments(t.db, 1)
    await writeBars('yahoo', bar(id!, minute(0), 10))
    await writeBars('polygon', bar(id!, minute(0), 20))
    expect((await read(id!, '1m', { sourceOrder: ['polygon', 'yahoo'] })).source).toBe('polygon')
    expect((await read(id!, '1m', { sourceOrder: ['yahoo', 'polygon'] })).source).toBe('yahoo')
    expect(
      (await read(id!, '1m', { source: 'yahoo', sourceOrder: ['polygon'] })).bars.map((b) => b.close),
    ).toEqual([10])
    const none = await read(id!, '1m', { source: 'coinbase' })
    expect(none).toEqual({ source: null, basis: null, feed: null, sources: ['polygon', 'yahoo'], bars: [] })
  })

  test('one that has just begun gives way to the stand-in that has the history', async () => {
    const [id] = await newInstruments(t.db, 1)
    const dates = ['2026-11-16', '2026-11-17', '2026-11-18', '2026-11-19']
    await writeDays('yahoo', ...dates.slice(0, 3).map((date) => daily(id!, date, 10)))
    await writeDays('polygon', daily(id!, dates[3]!, 20))
    const asked = { sourceOrder: ['polygon', 'yahoo'] }
    expect(await read(id!, '1d', asked)).toMatchObject({ source: 'yahoo', bars: [{}, {}, {}] })
    expect(await read(id!, '1d', { ...asked, source: 'polygon' })).toMatchObject({ bars: [{ close: 20 }] })
    await writeDays('polygon', daily(id!, dates[2]!, 21))
    expect((await read(id!, '1d', asked)).source).toBe('polygon')
  })

  test('and on one basis: an adjusted bar is not spliced into a raw series', async () => {
    const [id] = await newInstruments(t.db, 1)
    await writeBars('yahoo', bar(id!, minute(0), 10, { basis: 'split' }), bar(id!, minute(1), 40))
    expect(await read(id!, '1m')).toMatchObject({ basis: 'raw', bars: [{ close: 40 }] })
    expect(await read(id!, '1m', { basis: 'split' })).toMatchObject({ basis: 'split', bars: [{ close: 10 }] })
  })

  test('an instrument without bars', async () => {
    const [id] = await newInstruments(t.db, 1)
    for (const timeframe of ['1m', '1d'] as const) {
      expect(await read(id!, timeframe)).toEqual({
        source: null,
        basis: null,
        feed: null,
        sources: [],
        bars: [],
      })
    }
  })
})

describe('intraday', () => {
  test('longer bars are derived from 1m, aligned to UTC', async () => {
    const [id] = await newInstruments(t.db, 1)
    const bars = [0, 1, 2, 3, 4, 5, 6].map((n) => bar(id!, minute(n), 10 + n, { volume: n }))
    await writeBars('polygon', ...bars, bar(id!, hour(1) + 5 * MINUTE_US, 30, { volume: null }))
    expect((await read(id!, '5m')).bars).toEqual([
      { ts: minute(0), open: 10, high: 15, low: 9, close: 14, volume: 10, final: true },
      { ts: minute(5), open: 15, high: 17, low: 14, close: 16, volume: 11, final: true },
      { ts: minute(65), open: 30, high: 31, low: 29, close: 30, volume: null, final: false },
    ])
    expect((await read(id!, '1h')).bars.map((b) => b.ts)).toEqual([NOON, hour(1)])
    expect((await read(id!, '4h')).bars).toMatchObject([
      { ts: NOON - 3 * HOUR_US, open: 10, close: 16 },
      { ts: hour(1), close: 30 },
    ])
  })

  test('the range is of bar starts, half-open; the newest so many are taken', async () => {
    const [id] = await newInstruments(t.db, 1)
    await writeBars('polygon', ...[0, 1, 2, 3, 4].map((n) => bar(id!, minute(n), 10 + n)))
    const closes = async (more: Partial<SeriesRequest>) =>
      (await read(id!, '1m', more)).bars.map((b) => b.close)
    expect(await closes({ from: minute(1), to: minute(4) })).toEqual([11, 12, 13])
    expect(await closes({ from: minute(1) + 1, to: minute(4) + 1 })).toEqual([12, 13, 14])
    expect(await closes({ limit: 2 })).toEqual([13, 14])
  })

  test('a stored hour serves where no 1m lies under it, also for 4h', async () => {
    const [id] = await newInstruments(t.db, 1)
    const h = (n: number, close: number) => bar(id!, hour(n), close, { timeframe: '1h' })
    await writeBars('import:lean', h(0, 50), h(1, 60), h(2, 70), bar(id!, hour(1) + MINUTE_US, 61))
    expect((await read(id!, '1h')).bars.map((b) => b.close)).toEqual([50, 61, 70])
    expect((await read(id!, '4h')).bars.map((b) => b.close)).toEqual([50, 61])
    expect((await read(id!, '30m')).bars.map((b) => b.close)).toEqual([61])
    expect((await read(id!, '4h', { to: hour(1) })).bars).toMatchObject([
      { ts: hour(-3), close: 50, final: true },
    ])
  })

  test('minutes that have ticks alone are made of them, with the volume that the session grew by', async () => {
    const [id] = await newInstruments(t.db, 1)
    const ticks = [
      tick(id!, minute(0), 10, 100),
      tick(id!, minute(0) + 9, 13, 110),
      tick(id!, minute(1) + 1, 12, 150),
      tick(id!, minute(2), 11, 170),
    ]
    await writeBatch(t.db, batch({ ticks }))
    await writeBars('polygon', bar(id!, minute(1), 20, { volume: 7 }))
    expect((await read(id!, '1m')).bars).toEqual([
      { ts: minute(0), open: 10, high: 13, low: 10, close: 13, volume: null, final: true },
      { ts: minute(1), open: 20, high: 21, low: 19, close: 20, volume: 7, final: true },
      { ts: minute(2), open: 11, high: 11, low: 11, close: 11, volume: 20, final: false },
    ])
  })

  test('history far apart is found, however few bars a window holds', async () => {
    const [id] = await newInstruments(t.db, 1)
    await writeBars('import:lean', ...[-3000, -1500, -400, -30, 0].map((n, k) => bar(id!, day(n), 10 + k)))
    expect((await read(id!, '1m', { from: 0 })).bars.map((b) => b.close)).toEqual([10, 11, 12, 13, 14])
    expect((await read(id!, '1m', { from: 0, limit: 2 })).bars.map((b) => b.close)).toEqual([13, 14])
  })
})

describe('the last bar is live', () => {
  test('an open bar moves with ticks that were written after it, and with the latest price', async () => {
    const [id] = await newInstruments(t.db, 1)
    await writeBars('polygon', bar(id!, minute(0), 10, { final: false }))
    await writeBatch(t.db, batch({ ticks: [tick(id!, minute(0) + 30_000_000, 14)] }))
    expect((await read(id!, '1m')).bars).toMatchObject([
      { open: 10, high: 14, low: 9, close: 14, final: false },
    ])
    await writeBatch(t.db, batch({ latest: [latest(id!, minute(0) + 40_000_000, 8)] }))
    expect((await read(id!, '5m')).bars).toMatchObject([{ high: 14, low: 8, close: 8 }])
    await writeBatch(t.db, batch({ latest: [latest(id!, minute(7), 12)] }))
    expect((await read(id!, '5m')).bars).toMatchObject([
      { close: 14, final: true },
      { ts: minute(5), open: 12, final: false },
    ])
  })

  test('another source does not move it', async () => {
    const [id] = await newInstruments(t.db, 1)
    await writeBars('polygon', bar(id!, minute(0), 10, { final: false }))
    await writeBatch(t.db, batch({ source: 'yahoo', latest: [latest(id!, minute(0) + 1, 99)] }))
    expect((await read(id!, '1m', { source: 'polygon' })).bars).toMatchObject([{ close: 10 }])
  })

  test('an adjusted series takes ticks of the session under way, not of earlier ones', async () => {
    const [id] = await newInstruments(t.db, 1)
    await writeBars(
      'polygon',
      bar(id!, day(-1), 5, { basis: 'split' }),
      bar(id!, minute(0), 6, { basis: 'split' }),
    )
    await writeBatch(t.db, batch({ ticks: [tick(id!, day(-1) + MINUTE_US, 50), tick(id!, minute(1), 7)] }))
    expect((await read(id!, '1m')).bars.map((b) => b.close)).toEqual([5, 6, 7])
  })
})

describe('days and longer', () => {
  test('days, weeks from Monday, months', async () => {
    const [id] = await newInstruments(t.db, 1)
    const dates = ['2026-10-29', '2026-10-30', '2026-11-02', '2026-11-06', '2026-11-09']
    await writeDays('yahoo', ...dates.map((date, n) => daily(id!, date, 10 + n, { volume: 1 })))
    const days = await read(id!, '1d')
    expect(days).toMatchObject({ source: 'yahoo', basis: 'raw', feed: 'sip' })
    expect(days.bars.map((b) => [b.ts, b.close, b.final])).toEqual(
      dates.map((date, n) => [midnight(date), 10 + n, true]),
    )
    expect((await read(id!, '1w')).bars).toEqual([
      { ts: midnight('2026-10-26'), open: 10, high: 12, low: 9, close: 11, volume: 2, final: true },
      { ts: midnight('2026-11-02'), open: 12, high: 14, low: 11, close: 13, volume: 2, final: true },
      { ts: midnight('2026-11-09'), open: 14, high: 15, low: 13, close: 14, volume: 1, final: false },
    ])
    expect((await read(id!, '1mo')).bars.map((b) => [b.ts, b.open, b.close])).toEqual([
      [midnight('2026-10-01'), 10, 11],
      [midnight('2026-11-01'), 12, 14],
    ])
  })

  test('the range is of bar starts; only whole bars are given', async () => {
    const [id] = await newInstruments(t.db, 1)
    const dates = ['2026-11-05', '2026-11-06', '2026-11-09', '2026-11-10', '2026-11-16']
    await writeDays('yahoo', ...dates.map((date, n) => daily(id!, date, 10 + n)))
    const starts = async (timeframe: Timeframe, more: Partial<SeriesRequest>) =>
      (await read(id!, timeframe, more)).bars.map((b) => isoFromMicros(b.ts).slice(0, 10))
    expect(await starts('1d', { from: midnight('2026-11-06'), to: midnight('2026-11-10') })).toEqual([
      '2026-11-06',
      '2026-11-09',
    ])
    expect(await starts('1d', { from: midnight('2026-11-06') + 1 })).toEqual([
      '2026-11-09',
      '2026-11-10',
      '2026-11-16',
    ])
    expect(await starts('1w', { from: midnight('2026-11-06') })).toEqual(['2026-11-09', '2026-11-16'])
    expect(await read(id!, '1w', { to: midnight('2026-11-10') })).toMatchObject({
      bars: [{ close: 11 }, { close: 13 }],
    })
    expect(await starts('1d', { limit: 2 })).toEqual(['2026-11-10', '2026-11-16'])
  })

  test('of several bases the fullest, unless one is asked for', async () => {
    const [id] = await newInstruments(t.db, 1)
    const split = ['2026-11-17', '2026-11-18'].map((date) => daily(id!, date, 5, { basis: 'split' }))
    await writeDays('polygon', ...split, daily(id!, '2026-11-18', 50))
    expect(await read(id!, '1d')).toMatchObject({ basis: 'split', bars: [{ close: 5 }, { close: 5 }] })
    expect(await read(id!, '1d', { basis: 'raw' })).toMatchObject({ basis: 'raw', bars: [{ close: 50 }] })
  })

  test('today moves with the latest price, also before it was rolled up, until it is settled', async () => {
    const [id] = await newInstruments(t.db, 1)
    await writeDays('polygon', daily(id!, '2026-11-19', 10))
    const view = { open: 11, high: 15, low: 10.5, close: 12, volume: 900 }
    await writeBatch(
      t.db,
      batch({
        latest: [latest(id!, NOON, 16, { day: view, volume: 950 })],
        ticks: [tick(id!, NOON, 16, 950)],
      }),
    )
    const today = {
      ts: midnight('2026-11-20'),
      open: 11,
      high: 16,
      low: 10.5,
      close: 16,
      volume: 950,
      final: false,
    }
    expect((await read(id!, '1d')).bars).toMatchObject([{ close: 10, final: true }, today])
    await rollUpBatches(t.db, { limit: 100 })
    expect((await read(id!, '1d', { basis: 'raw' })).bars).toMatchObject([{ close: 10 }, today])
    await writeDays('polygon', daily(id!, '2026-11-20', 13))
    expect((await read(id!, '1d')).bars.at(-1)).toMatchObject({ close: 13, high: 14, final: true })
  })

  test('after the close the day ends with the session, not with the post-market', async () => {
    const [id] = await newInstruments(t.db, 1)
    const view = { open: 11, high: 15, low: 10, close: 12, volume: 900 }
    await writeBatch(t.db, batch({ latest: [latest(id!, hour(7), 99, { day: view })] }))
    expect((await read(id!, '1d')).bars).toMatchObject([{ open: 11, high: 15, close: 12 }])
  })

  test('before the open there is no bar of today', async () => {
    const [id] = await newInstruments(t.db, 1)
    await writeBatch(t.db, batch({ latest: [latest(id!, hour(-3), 99)] }))
    expect((await read(id!, '1d')).bars).toEqual([])
  })
})

test('a range touches its own partitions, by their primary keys', async () => {
  const [id] = await newInstruments(t.db, 1)
  await writeBars(
    'polygon',
    bar(id!, day(-900), 5),
    bar(id!, day(-400), 5),
    bar(id!, day(-60), 5),
    bar(id!, NOON, 5),
  )
  await writeBatch(
    t.db,
    batch({ ticks: [tick(id!, day(-900), 5), tick(id!, day(-60), 5), tick(id!, NOON, 5)] }),
  )
  const client = await t.db.pool.connect()
  await client.query('set enable_seqscan = off')
  const range = [isoFromMicros(day(-65)), isoFromMicros(day(-50))]
  const { rows } = await client.query(`explain (format json) ${DERIVE}`, [
    id,
    1,
    'raw',
    ...range,
    '5 minutes',
    '{5m}',
    range[0],
    100,
  ])
  client.release(true)
  const scans = [
    ...JSON.stringify(rows[0]['QUERY PLAN']).matchAll(
      /"Node Type":"([^"]*Scan)"[^{}]*?"Relation Name":"(market_data_[^"]*)"/g,
    ),
  ]
  expect(new Set(scans.map((m) => m[2]))).toEqual(
    new Set(
      ['market_data_bars_y2026m09', 'market_data_bars_y2026m10', 'market_data_ticks_y2026m09'].filter((n) =>
        scans.some((m) => m[2] === n),
      ),
    ),
  )
  expect(scans.length).toBeGreaterThan(0)
  expect(scans.map((m) => m[1]).filter((kind) => kind === 'Seq Scan')).toEqual([])
})
