import { MINUTE_US, type Micros, sessionAt, sessionOn } from '@onetape/market'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { BarRow, TickRow } from '../batch.ts'
import { lastBatchId } from '../reads/last-batch-id.ts'
import { bar, batch, daily, minute, NOON, newInstruments, tick } from '../sample-batches.ts'
import { type TestDatabase, testDatabase } from '../testing.ts'
import { rollUpBatches } from './roll-up-batches.ts'
import { writeBatch } from './write-batch.ts'

let t: TestDatabase
beforeAll(async () => {
  t = await testDatabase()
}, 120_000)
afterAll(() => t.drop())

const session = sessionOn('XNYS', '2026-11-20')!

async function level(limit = 100) {
  while ((await rollUpBatches(t.db, { limit })).batches > 0);
}

async function daysOf(id: number) {
  const { rows } = await t.db.pool.query(
    `select session_date, basis, open, high, low, close, volume, settled from market_data_daily d
     join sources s on s.id = d.source_id where instrument_id = $1 order by session_date, s.name, basis`,
    [id],
  )
  return rows
}

beforeEach(() => level())

describe('ticks', () => {
  test('those within the regular session make the day, late ones too; volume is the greatest, never summed', async () => {
    const [id] = await newInstruments(t.db, 1)
    const write = (...ticks: TickRow[]) => writeBatch(t.db, batch({ ticks }))
    await write(
      tick(id!, session.open - 1, 1, 1),
      tick(id!, session.open + 5, 10, 100),
      tick(id!, minute(30), 12, 300),
    )
    await level()
    expect(await daysOf(id!)).toMatchObject([{ open: 10, high: 12, low: 10, close: 12, volume: 300 }])
    await write(
      tick(id!, session.open, 11, 50),
      tick(id!, minute(10), 7, 200),
      tick(id!, session.close, 99, 900),
    )
    await level()
    expect(await daysOf(id!)).toEqual([
      {
        session_date: '2026-11-20',
        basis: 'raw',
        open: 11,
        high: 12,
        low: 7,
        close: 12,
        volume: 300,
        settled: false,
      },
    ])
  })

  test('crypto has the UTC day', async () => {
    const [id] = await newInstruments(t.db, 1, 'crypto')
    const midnight = Date.UTC(2026, 10, 21) * 1000
    await writeBatch(
      t.db,
      batch({ source: 'coinbase', ticks: [tick(id!, midnight - 1, 1), tick(id!, midnight, 2)] }),
    )
    await level()
    expect(await daysOf(id!)).toMatchObject([
      { session_date: '2026-11-20', close: 1 },
      { session_date: '2026-11-21', open: 2 },
    ])
  })

  test('each source has a day of its own', async () => {
    const [id] = await newInstruments(t.db, 1)
    await writeBatch(t.db, batch({ ticks: [tick(id!, NOON, 1)] }))
    await writeBatch(t.db, batch({ source: 'yahoo', ticks: [tick(id!, NOON, 2)] }))
    await level()
    expect((await daysOf(id!)).map((d) => d.close)).toEqual([1, 2])
  })
})

describe('bars', () => {
  test('an open bar moves the day, a restated one can make it smaller, pre-market ones do not count', async () => {
    const [id] = await newInstruments(t.db, 1)
    const write = (...bars: BarRow[]) => writeBatch(t.db, batch({ kind: 'bars', bars }))
    await write(
      bar(id!, session.open - MINUTE_US, 500),
      bar(id!, session.open, 10),
      bar(id!, minute(0), 20, { final: false }),
    )
    await level()
    expect(await daysOf(id!)).toMatchObject([{ open: 10, high: 21, low: 9, close: 20, volume: 20 }])
    await write(bar(id!, minute(0), 15, { high: 16, volume: 30 }))
    await level()
    expect(await daysOf(id!)).toMatchObject([{ open: 10, high: 16, low: 9, close: 15, volume: 40 }])
    await write(bar(id!, minute(0), 12))
    await level()
    expect(await daysOf(id!)).toMatchObject([{ high: 13, close: 12 }])
  })

  test('an adjusted series keeps its basis', async () => {
    const [id] = await newInstruments(t.db, 1)
    await writeBatch(
      t.db,
      batch({ bars: [bar(id!, NOON, 5, { basis: 'split' })], ticks: [tick(id!, NOON, 20)] }),
    )
    await level()
    expect((await daysOf(id!)).map((d) => [d.basis, d.close])).toEqual([
      ['raw', 20],
      ['split', 5],
    ])
  })

  test('longer bars make no day', async () => {
    const [id] = await newInstruments(t.db, 1)
    await writeBatch(t.db, batch({ bars: [bar(id!, NOON, 5, { timeframe: '1h' })] }))
    await level()
    expect(await daysOf(id!)).toEqual([])
  })
})

describe('what the vendor says of a day', () => {
  test('a settled day is never touched', async () => {
    const [id] = await newInstruments(t.db, 1)
    await writeBatch(t.db, batch({ kind: 'daily', daily: [daily(id!, '2026-11-20', 10)] }))
    await writeBatch(t.db, batch({ ticks: [tick(id!, NOON, 99)], bars: [bar(id!, NOON, 98)] }))
    await level()
    expect(await daysOf(id!)).toMatchObject([{ close: 10, high: 11, settled: true }])
  })

  test('an unsettled one is widened and closed by later events, its open stays', async () => {
    const [id] = await newInstruments(t.db, 1)
    const given = daily(id!, '2026-11-20', 10, { settled: false })
    await writeBatch(t.db, batch({ kind: 'daily', fetchedAt: minute(5), daily: [given] }))
    await writeBatch(t.db, batch({ ticks: [tick(id!, minute(1), 3), tick(id!, minute(9), 8)] }))
    await level()
    expect(await daysOf(id!)).toMatchObject([{ open: 10, high: 11, low: 3, close: 8, settled: false }])
    await writeBatch(
      t.db,
      batch({ kind: 'daily', fetchedAt: minute(60), daily: [{ ...given, settled: true }] }),
    )
    expect(await daysOf(id!)).toMatchObject([{ low: 9, close: 10, settled: true }])
  })
})

describe('the cursor', () => {
  test('stands where the ledger does; level means nothing left', async () => {
    const [id] = await newInstruments(t.db, 1)
    for (let n = 0; n < 5; n++) await writeBatch(t.db, batch({ ticks: [tick(id!, minute(n), n + 1)] }))
    expect(await rollUpBatches(t.db, { limit: 3 })).toMatchObject({ batches: 3, days: 1, buckets: 2 })
    const last = await lastBatchId(t.db)
    expect(await rollUpBatches(t.db, { limit: 3 })).toMatchObject({ batches: 2, cursor: last })
    expect(await rollUpBatches(t.db, { limit: 3 })).toEqual({ batches: 0, buckets: 0, days: 0, cursor: last })
  })

  test('followed again from the beginning, nothing changes', async () => {
    const [id] = await newInstruments(t.db, 1)
    await writeBatch(t.db, batch({ ticks: [tick(id!, NOON, 3, 5)], bars: [bar(id!, minute(-5), 9)] }))
    await writeBatch(t.db, batch({ ticks: [tick(id!, minute(1), 4, 7)] }))
    await level()
    const before = await daysOf(id!)
    await t.db.pool.query(`update rollup_cursors set batch_id = 0 where name = 'rollups'`)
    await level()
    expect(await daysOf(id!)).toEqual(before)
  })

  test('several followers take turns', async () => {
    const ids = await newInstruments(t.db, 20)
    const follower = async () => {
      let batches = 0
      for (;;) {
        const done = await rollUpBatches(t.db, { limit: 2 })
        if (done.batches === 0) return batches
        batches += done.batches
      }
    }
    for (let n = 0; n < 10; n++)
      await writeBatch(t.db, batch({ ticks: ids.map((id) => tick(id, minute(n), 10 + n, n)) }))
    const counts = await Promise.all([follower(), follower(), follower()])
    expect(counts.reduce((a, b) => a + b, 0)).toBe(10)
    for (const id of ids)
      expect(await daysOf(id)).toMatchObject([{ open: 10, high: 19, low: 10, close: 19, volume: 9 }])
  })

  test('works on a pool of one connection', async () => {
    const { connect } = await import('../connect.ts')
    const [id] = await newInstruments(t.db, 1)
    const one = connect({ url: t.url, applicationName: 'one', poolMax: 1 })
    await writeBatch(
      t.db,
      batch({ ticks: [tick(id!, NOON, 1)], bars: [bar(id!, Date.UTC(2016, 0, 5, 15) * 1000, 9)] }),
    )
    expect(await rollUpBatches(one, { limit: 10 })).toMatchObject({ batches: 1, days: 2 })
    await one.end()
  })
})

describe('against a simple reference', () => {
  const at = fc.integer({ min: -95, max: 365 })
  const price = fc.integer({ min: 10, max: 20 })
  const volume = fc.option(fc.integer({ min: 0, max: 50 }))
  const step = fc.record({
    ticks: fc.array(fc.tuple(at, fc.nat({ max: 59 }), price, volume), { maxLength: 5 }),
    bars: fc.array(fc.tuple(at, price, fc.boolean(), volume), { maxLength: 3 }),
    limit: fc.integer({ min: 0, max: 3 }),
  })

  test('the days are what all stored ticks and bars make, in whatever order they came', {
    timeout: 300_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        const [id] = await newInstruments(t.db, 1)
        for (const s of steps) {
          await writeBatch(
            t.db,
            batch({
              ticks: s.ticks.map(([n, seconds, p, v]) => tick(id!, minute(n) + seconds * 1_000_000, p, v)),
              bars: s.bars.map(([n, p, final, v]) => bar(id!, minute(n), p, { final, volume: v })),
            }),
          )
          if (s.limit > 0) await rollUpBatches(t.db, { limit: s.limit })
        }
        await level(2)
        expect(await daysOf(id!)).toEqual(await expectedDays(id!))
      }),
      { numRuns: 25 },
    )
  })

  interface Part {
    open: number
    openTs: Micros
    high: number
    low: number
    close: number
    closeTs: Micros
  }

  async function expectedDays(id: number) {
    const inSession = <T extends { ts: Micros }>(rows: T[]) =>
      rows.filter((r) => sessionAt('XNYS', r.ts).state === 'open')
    const read = async (table: string) =>
      inSession(
        (await t.db.pool.query(`select * from ${table} where instrument_id = $1 order by ts`, [id])).rows,
      )
    const [ticks, bars] = [await read('market_data_ticks'), await read('market_data_bars')]
    const parts: Part[] = [
      ...bars.map((b) => ({ ...b, openTs: b.ts, closeTs: b.final ? b.ts + MINUTE_US - 1 : b.ts })),
      ...ticks.map((x) => ({
        open: x.price,
        high: x.price,
        low: x.price,
        close: x.price,
        openTs: x.ts,
        closeTs: x.ts,
      })),
    ]
    if (parts.length === 0) return []
    const first = parts.reduce((a, b) => (b.openTs < a.openTs ? b : a))
    const last = parts.reduce((a, b) => (b.closeTs > a.closeTs ? b : a))
    const volumes = [...ticks.map((x) => x.volume), total(bars.map((b) => b.volume))].filter(
      (v) => v !== null,
    )
    return [
      {
        ...{ session_date: '2026-11-20', basis: 'raw', settled: false, open: first.open, close: last.close },
        high: Math.max(...parts.map((p) => p.high)),
        low: Math.min(...parts.map((p) => p.low)),
        volume: volumes.length > 0 ? Math.max(...volumes) : null,
      },
    ]
  }

  const total = (volumes: (number | null)[]) =>
    volumes.reduce((sum, v) => (v === null ? sum : (sum ?? 0) + v), null)
})
