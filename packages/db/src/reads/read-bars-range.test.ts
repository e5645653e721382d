import {
  type Basis,
  HOUR_US,
  type IntradayTimeframe,
  isoFromMicros,
  MINUTE_US,
  type Micros,
  microsFromIso,
  sessionsBetween,
  timeframeMicros,
} from '@onetape/market'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BarRow, TickRow } from '../batch.ts'
import {
  bar,
  batch,
  daily,
  day,
  HOUSE_ORDER,
  latest,
  minute,
  NOON,
  newInstruments,
  tick,
} from '../sample-batches.ts'
import { BAR_BUCKETS, TICK_BUCKETS } from '../series/buckets-sql.ts'
import type { RangeRequest } from '../series/range-series.ts'
import type { SeriesBar } from '../series/series.ts'
import { type TestDatabase, testDatabase } from '../testing.ts'
import { writeBatch } from '../writes/write-batch.ts'
import { readBars } from './read-bars.ts'
import { readBarsRange } from './read-bars-range.ts'

let t: TestDatabase
beforeAll(async () => {
  t = await testDatabase()
}, 120_000)
afterAll(() => t.drop())

const us = (iso: string) => microsFromIso(iso)!
const writeBars = (source: string, bars: BarRow[]) =>
  writeBatch(t.db, batch({ kind: 'bars', source, feed: `${source}-feed`, bars }))
const read = (instrumentId: number, o: Partial<RangeRequest> & { points: number }) =>
  readBarsRange(t.db, {
    ...{ instrumentId, timeframe: '1m', from: 0, to: day(400), venue: 'XNYS', sourceOrder: HOUSE_ORDER },
    ...o,
  })

/** A world in memory, and what one source of it looks like in bars of any length: the slow and plain way. */
interface World {
  bars: BarRow[]
  ticks: (TickRow & { late: boolean })[]
}

/** Minutes first, of bars or else of ticks; then whole buckets, minute after minute. */
function reference(
  world: World,
  o: { from: Micros; to: Micros; lengthUs: number; basis: Basis },
): SeriesBar[] {
  const within = (ts: Micros) => o.from <= ts && ts < o.to
  const minutes = new Map<Micros, SeriesBar>()
  for (const b of world.bars) {
    if (b.basis !== o.basis || b.timeframe !== '1m' || !within(b.ts)) continue
    const { ts, open, high, low, close, volume, final } = b
    minutes.set(ts, { ts, open, high, low, close, volume, final })
  }
  let cumulative: number | null = null
  const byMinute = Map.groupBy(
    world.ticks.filter((tk) => within(tk.ts)).sort((a, b) => a.ts - b.ts),
    (tk) => tk.ts - (tk.ts % MINUTE_US),
  )
  for (const [ts, ticks] of byMinute) {
    const prices = ticks.map((tk) => tk.price)
    const [high, low] = [Math.max(...prices), Math.min(...prices)]
    const heard = Math.max(...ticks.map((tk) => tk.volume!))
    const traded = cumulative === null || heard < cumulative ? null : heard - cumulative
    cumulative = heard
    const known = minutes.get(ts)
    if (!known) {
      minutes.set(ts, {
        ...{ ts, open: prices[0]!, high, low, close: prices.at(-1)! },
        ...{ volume: traded, final: false },
      })
    } else if (!known.final) {
      known.high = Math.max(known.high, high)
      known.low = Math.min(known.low, low)
      if (ticks.some((tk) => tk.late)) known.close = prices.at(-1)!
    }
  }
  const buckets = Map.groupBy(
    [...minutes.values()].sort((a, b) => a.ts - b.ts),
    (m) => m.ts - (m.ts % o.lengthUs),
  )
  return [...buckets].map(([ts, parts], n) => {
    const volumes = parts.flatMap((m) => m.volume ?? [])
    const isOver = parts.every((m) => m.final) && parts.at(-1)!.ts + MINUTE_US === ts + o.lengthUs
    return {
      ts,
      open: parts[0]!.open,
      high: Math.max(...parts.map((m) => m.high)),
      low: Math.min(...parts.map((m) => m.low)),
      close: parts.at(-1)!.close,
      volume: volumes.length > 0 ? volumes.reduce((a, b) => a + b) : null,
      final: n < buckets.size - 1 || isOver,
    }
  })
}

/** Sessions around the end of summer time, a holiday and an early close; gaps of minutes and of days. */
const SESSIONS = sessionsBetween('XNYS', '2026-10-29', '2026-11-27')

const worldArbitrary = fc.record({
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  sessions: fc.noBias(fc.subarray(SESSIONS, { minLength: 3, maxLength: 6 })),
  extended: fc.boolean(),
  ticked: fc.double({ min: 0, max: 0.5, noNaN: true }),
  lack: fc.double({ min: 0, max: 0.7, noNaN: true }),
})

function makeWorld(id: number, o: typeof worldArbitrary extends fc.Arbitrary<infer W> ? W : never): World {
  let state = o.seed
  const random = () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
  const cents = (n: number) => Math.round(n * 100) / 100
  const world: World = { bars: [], ticks: [] }
  for (const s of o.sessions) {
    let volume = 0
    const [start, end] = o.extended ? [s.preOpen, s.postClose] : [s.open, s.close]
    // Some sessions are kept whole, so that there are buckets without a gap.
    const lack = random() < 0.4 ? 0 : o.lack
    for (let ts = start; ts < end; ts += MINUTE_US * (random() < 0.02 ? 37 : 1)) {
      volume += Math.floor(random() * 50)
      const price = cents(100 + random() * 10)
      if (random() >= lack) {
        const close = cents(100 + random() * 10)
        const [high, low] = [
          cents(Math.max(price, close) + random()),
          cents(Math.min(price, close) - random()),
        ]
        const traded = random() < 0.05 ? null : Math.floor(random() * 1000)
        const final = random() > 0.02
        world.bars.push(bar(id, ts, close, { open: price, high, low, volume: traded, final }))
      }
      if (random() < o.ticked) {
        for (const late of random() < 0.3 ? [false, true] : [random() < 0.5]) {
          const at = ts + Math.floor(random() * 59) * 1_000_000 + (late ? 500_000 : 0)
          world.ticks.push({ ...tick(id, at, cents(95 + random() * 20), volume), late })
        }
      }
    }
  }
  return world
}

async function store(world: World, source: string): Promise<void> {
  const { ticks, bars } = world
  const plain = (late: boolean) => ticks.filter((tk) => tk.late === late).map(({ late: _, ...tk }) => tk)
  await writeBatch(t.db, batch({ source, ticks: plain(false) }))
  await writeBars(source, bars)
  await writeBatch(t.db, batch({ source, ticks: plain(true) }))
}

describe('a range at the resolution of a screen', () => {
  test('is what its minutes are, at any length of bar: over the change of the clocks, early closes, gaps, two sources', async () => {
    const timeframes: IntradayTimeframe[] = ['1m', '5m', '15m', '1h', '4h']
    const question = fc.record({
      timeframe: fc.constantFrom(...timeframes),
      points: fc.noBias(fc.integer({ min: 20, max: 900 })),
      cut: fc.noBias(fc.tuple(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 300, max: 1_000 }))),
      source: fc.constantFrom('polygon', 'yahoo'),
    })
    let compared = 0
    await fc.assert(
      fc.asyncProperty(
        worldArbitrary,
        worldArbitrary,
        fc.array(question, { minLength: 12, maxLength: 12 }),
        async (first, second, questions) => {
          const [id] = await newInstruments(t.db, 1)
          const worlds = { polygon: makeWorld(id!, first), yahoo: makeWorld(id!, second) }
          await store(worlds.polygon, 'polygon')
          await store(worlds.yahoo, 'yahoo')
          for (const { timeframe, points, cut, source } of questions) {
            const world = worlds[source as 'polygon' | 'yahoo']
            const all = [SESSIONS[0]!.preOpen, SESSIONS.at(-1)!.postClose] as const
            const [a, b] = cut.map((c) => Math.floor(all[0] + (c / 1_000) * (all[1] - all[0])))
            const [from, to] = [Math.min(a!, b!), Math.max(a!, b!) + 1]
            const series = await read(id!, { timeframe, points, from, to, source })
            const { lengthUs } = series.resolution
            if (lengthUs === null) continue // whole sessions: below
            expect(lengthUs % timeframeMicros(timeframe)).toBe(0)
            const bounds = { from: from - (from % lengthUs), to: Math.ceil(to / lengthUs) * lengthUs }
            const wanted = reference(world, { ...bounds, lengthUs, basis: 'raw' })
            if (series.source === null) {
              const own = timeframeMicros(timeframe)
              const touched = { from: from - (from % own), to: Math.ceil(to / own) * own }
              expect(reference(world, { ...touched, lengthUs: own, basis: 'raw' })).toEqual([])
              continue
            }
            expect(series.source).toBe(source)
            expect(series.bars.length).toBeLessThanOrEqual(points)
            expect(series.bars).toEqual(wanted)
            if (wanted.length > 5) compared++
          }
        },
      ),
      { numRuns: 12 },
    )
    expect(compared).toBeGreaterThan(60)
  }, 120_000)

  test('at the timeframe that was asked for where that fits, the same as the series itself', async () => {
    const [id] = await newInstruments(t.db, 1)
    await store(
      makeWorld(id!, { seed: 7, sessions: SESSIONS.slice(0, 2), extended: true, ticked: 0.3, lack: 0.3 }),
      'polygon',
    )
    for (const timeframe of ['5m', '1h', '4h'] as const) {
      const series = await read(id!, { timeframe, points: 5_000 })
      const plain = await readBars(t.db, {
        ...{ instrumentId: id!, timeframe, from: 0, to: day(400), limit: 5_000, venue: 'XNYS' as const },
      })
      expect(series).toEqual({
        ...plain,
        resolution: { name: timeframe, lengthUs: timeframeMicros(timeframe) },
      })
    }
  })

  test('is as fine as the screen allows, and says how fine', async () => {
    const [id] = await newInstruments(t.db, 1)
    const days = SESSIONS.slice(0, 10)
    const bars = days.flatMap((s) =>
      Array.from({ length: (s.close - s.open) / MINUTE_US }, (_, n) =>
        bar(id!, s.open + n * MINUTE_US, 10 + n),
      ),
    )
    await writeBars('polygon', bars)
    const names: Record<number, [string, number]> = {}
    for (const points of [4_000, 3_900, 1_500, 800, 400, 100, 50]) {
      const { resolution, bars: got } = await read(id!, { points })
      names[points] = [resolution.name, got.length]
      expect(got.reduce((sum, b) => sum + b.volume!, 0)).toBe(bars.length * 10)
    }
    expect(names).toEqual({
      4000: ['1m', 3_900],
      3900: ['1m', 3_900],
      1500: ['3m', 1_300],
      800: ['5m', 780],
      400: ['10m', 390],
      100: ['45m', 90],
      50: ['90m', 50],
    })
  })

  test('a stored hour stands for the minutes that nobody kept, in longer bars too', async () => {
    const [id] = await newInstruments(t.db, 1)
    const hours = SESSIONS.slice(0, 6).flatMap((s) =>
      Array.from({ length: 6 }, (_, n) =>
        bar(id!, s.open + (n + 0.5) * HOUR_US, 50 + n, { timeframe: '1h' }),
      ),
    )
    const minutes = [0, 1, 2].map((n) => bar(id!, SESSIONS[6]!.open + n * MINUTE_US, 70 + n))
    await writeBars('import:lean', [...hours, ...minutes])
    const fine = await read(id!, { timeframe: '1h', points: 200 })
    expect(fine.resolution.name).toBe('1h')
    expect(fine.bars.map((b) => b.close)).toEqual([...hours.map((b) => b.close), 72])
    const coarse = await read(id!, { timeframe: '1h', points: 20 })
    expect(coarse.resolution.name).toBe('3h')
    expect(coarse.bars.at(-1)).toMatchObject({ open: 70, close: 72, volume: 30, final: false })
    expect(coarse.bars.reduce((sum, b) => sum + b.volume!, 0)).toBe(hours.length * 10 + 30)
    for (const b of coarse.bars.slice(0, -1)) {
      const parts = hours.filter((h) => b.ts <= h.ts && h.ts < b.ts + 3 * HOUR_US)
      expect([b.open, b.close]).toEqual([parts[0]!.open, parts.at(-1)!.close])
    }
  })

  test('the latest price moves the last bar, whatever its length', async () => {
    const [id] = await newInstruments(t.db, 1)
    await writeBars(
      'polygon',
      [0, 1, 2, 3, 4, 5].map((n) => bar(id!, minute(n), 10 + n)),
    )
    await writeBatch(t.db, batch({ latest: [latest(id!, minute(6) + 5, 30)] }))
    const series = await read(id!, { points: 5 })
    expect(series.resolution).toEqual({ name: '2m', lengthUs: 2 * MINUTE_US })
    expect(series.bars.slice(-2)).toMatchObject([
      { ts: minute(4), close: 15, final: true },
      { ts: minute(6), open: 30, close: 30, volume: null, final: false },
    ])
  })

  test('from a session on, bars are the days of the source', async () => {
    const [id] = await newInstruments(t.db, 1)
    const dates = sessionsBetween('XNYS', '2026-01-01', '2026-11-20').map((s) => s.date)
    const open = (date: string) => sessionsBetween('XNYS', date, date)[0]!.open
    await writeBars(
      'polygon',
      dates.map((date, n) => bar(id!, open(date), 10 + n)),
    )
    // Nobody keeps days yet: each is what was traded in its session.
    const own = await read(id!, { points: 230 })
    expect(own.resolution).toEqual({ name: '1d', lengthUs: null })
    expect(own.bars.map((b) => isoFromMicros(b.ts).slice(0, 10))).toEqual(dates)
    expect(own.bars.at(-1)).toMatchObject({ open: 10 + dates.length - 1, volume: 10 })
    const days = dates.map((date, n) => daily(id!, date, 100 + n))
    await writeBatch(t.db, batch({ kind: 'daily', daily: days }))
    const series = await read(id!, { points: 230 })
    expect(series).toMatchObject({ source: 'polygon', basis: 'raw', resolution: { name: '1d' } })
    expect(series.bars.map((b) => b.close)).toEqual(days.map((d) => d.close))
    expect((await read(id!, { points: 60 })).resolution.name).toBe('1w')
    const months = await read(id!, { timeframe: '1d', points: 12 })
    expect(months.resolution.name).toBe('1mo')
    expect(months.bars).toHaveLength(11)
    expect(months.bars[0]).toMatchObject({ ts: us('2026-01-01T00:00:00Z'), open: 100, final: true })
    const quarters = await read(id!, { timeframe: '1w', points: 5 })
    expect(quarters.bars.map((b) => isoFromMicros(b.ts).slice(0, 7))).toEqual([
      '2026-01',
      '2026-04',
      '2026-07',
      '2026-10',
    ])
    const year = await read(id!, { timeframe: '1mo', points: 2 })
    expect(year).toMatchObject({ resolution: { name: '1y' }, bars: [{ open: 100 }] })
  })

  test('a day that the range only touches is there as a whole', async () => {
    const [id] = await newInstruments(t.db, 1)
    await writeBatch(
      t.db,
      batch({
        kind: 'daily',
        daily: ['2026-11-18', '2026-11-19', '2026-11-20'].map((d, n) => daily(id!, d, 10 + n)),
      }),
    )
    const within = {
      timeframe: '1d' as const,
      from: us('2026-11-18T15:00:00Z'),
      to: us('2026-11-19T15:00:00Z'),
    }
    expect((await read(id!, { ...within, points: 50 })).bars.map((b) => b.close)).toEqual([10, 11])
  })

  test('an instrument without bars, and a source that has none', async () => {
    const [id] = await newInstruments(t.db, 1)
    const none = { source: null, basis: null, feed: null, bars: [] }
    expect(await read(id!, { points: 100 })).toEqual({
      ...none,
      sources: [],
      resolution: { name: '1m', lengthUs: MINUTE_US },
    })
    await writeBars('polygon', [bar(id!, NOON, 5)])
    expect(await read(id!, { points: 100, source: 'yahoo' })).toMatchObject({ ...none, sources: ['polygon'] })
  })

  test.each([
    ['bars', BAR_BUCKETS, []],
    ['ticks', TICK_BUCKETS, ['spans']],
  ])('%s are walked along primary keys of their own partitions', async (_, sql, more) => {
    const [id] = await newInstruments(t.db, 1)
    await writeBars('polygon', [bar(id!, day(-400), 5), bar(id!, day(-60), 5), bar(id!, NOON, 5)])
    await writeBatch(t.db, batch({ ticks: [day(-400), day(-60), NOON].map((ts) => tick(id!, ts, 5)) }))
    const range = [isoFromMicros(day(-65)), isoFromMicros(day(-55))]
    const client = await t.db.pool.connect()
    await client.query('set enable_seqscan = off')
    const { rows } = await client.query(`explain (format json) ${sql}`, [
      ...[id, 1, 'raw', ...range, '5 minutes'],
      ...(more.length > 0 ? [`{${range[0]}}`, `{${range[1]}}`, range[0]] : []),
    ])
    client.release(true)
    const scans = [
      ...JSON.stringify(rows[0]['QUERY PLAN']).matchAll(
        /"Node Type":"([^"]*Scan)"[^{}]*?"Relation Name":"(market_data_bars[^"]*)"/g,
      ),
    ]
    expect(scans.length).toBeGreaterThan(0)
    expect(scans.filter(([, kind]) => kind === 'Seq Scan')).toEqual([])
    expect(scans.filter(([, , table]) => !table!.includes('y2026m09'))).toEqual([])
  })
})
