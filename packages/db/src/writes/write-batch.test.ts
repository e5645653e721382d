import { MINUTE_US } from '@onetape/market'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lastBatchId } from '../reads/last-batch-id.ts'
import { readBatchesAfter } from '../reads/read-batches-after.ts'
import { readLatest } from '../reads/read-latest.ts'
import { readSync } from '../reads/read-sync.ts'
import { bar, batch, daily, day, latest, minute, NOON, newInstruments, tick } from '../sample-batches.ts'
import { type TestDatabase, testDatabase } from '../testing.ts'
import { writeBatch } from './write-batch.ts'

let t: TestDatabase
beforeAll(async () => {
  t = await testDatabase()
}, 120_000)
afterAll(() => t.drop())

const rows = async (text: string, ...values: unknown[]) => (await t.db.pool.query(text, values)).rows
const restatements = (id: number) =>
  rows(
    'select what, old, new, at, write_id from market_data_restatements where instrument_id = $1 order by id',
    id,
  )

describe('ticks', () => {
  const ticksOf = (id: number) =>
    rows('select ts, price, volume, write_id from market_data_ticks where instrument_id = $1 order by ts', id)

  test('instants are exact to the microsecond and prices to 15 digits', async () => {
    const [id] = await newInstruments(t.db, 1)
    const ts = NOON + 123_457
    await writeBatch(
      t.db,
      batch({ ticks: [tick(id!, ts, 0.123456789012345, 1e-7), tick(id!, ts + 1, 0.1 + 0.2)] }),
    )
    expect(await ticksOf(id!)).toMatchObject([
      { ts, price: 0.123456789012345, volume: 1e-7 },
      { ts: ts + 1, price: 0.3 },
    ])
  })

  test('an unchanged price makes no tick, until a late one with another price comes between', async () => {
    const [id] = await newInstruments(t.db, 1)
    const said = (n: number, price: number) =>
      batch({
        ticks: [tick(id!, minute(n), price, 5)],
        latest: [latest(id!, minute(n), price, { volume: 5 })],
      })
    for (const one of [said(0, 10), said(4, 10)]) await writeBatch(t.db, one)
    expect(await ticksOf(id!)).toMatchObject([{ ts: minute(0), price: 10 }])
    await writeBatch(t.db, said(2, 11))
    expect(await ticksOf(id!)).toMatchObject([
      { ts: minute(0), price: 10 },
      { ts: minute(2), price: 11 },
      { ts: minute(4), price: 10 },
    ])
  })

  test('the first value is kept; another one for the same key leaves one restatement, however often it comes', async () => {
    const [id] = await newInstruments(t.db, 1)
    await writeBatch(t.db, batch({ ticks: [tick(id!, NOON, 10, 5)] }))
    const wrong = batch({ ticks: [tick(id!, NOON, 11, 5)], fetchedAt: minute(1) })
    const first = await writeBatch(t.db, wrong)
    expect(first.ticks).toEqual({ offered: 1, inserted: 0, updated: 0, duplicate: 1 })
    expect(first.batchId).not.toBeNull()
    expect((await writeBatch(t.db, wrong)).batchId).toBeNull()
    expect(await ticksOf(id!)).toMatchObject([{ price: 10 }])
    expect(await restatements(id!)).toEqual([
      {
        what: 'tick',
        old: { price: 10, volume: 5 },
        new: { price: 11, volume: 5 },
        at: minute(1),
        write_id: first.writeId,
      },
    ])
  })

  test('the same key twice in one batch: the first counts', async () => {
    const [id] = await newInstruments(t.db, 1)
    const { ticks } = await writeBatch(
      t.db,
      batch({ ticks: [tick(id!, NOON, 1), tick(id!, NOON, 2), tick(id!, NOON, 1)] }),
    )
    expect(ticks).toEqual({ offered: 3, inserted: 1, updated: 0, duplicate: 2 })
    expect(await ticksOf(id!)).toMatchObject([{ price: 1 }])
    expect(await restatements(id!)).toHaveLength(1)
  })

  test('an unchanged price and volume makes no new tick; a change of either does, and so does another source', async () => {
    const [id] = await newInstruments(t.db, 1)
    const quote = (n: number, price: number, volume: number, source = 'polygon') =>
      batch({
        source,
        ticks: [tick(id!, minute(n), price, volume)],
        latest: [latest(id!, minute(n), price, { volume })],
      })
    await writeBatch(t.db, quote(0, 10, 100))
    expect((await writeBatch(t.db, quote(1, 10, 100))).ticks.inserted).toBe(0)
    expect((await writeBatch(t.db, quote(2, 10, 101))).ticks.inserted).toBe(1)
    expect((await writeBatch(t.db, quote(3, 11, 101))).ticks.inserted).toBe(1)
    expect((await writeBatch(t.db, quote(4, 11, 101, 'yahoo'))).ticks.inserted).toBe(1)
  })

  test('late ticks go into partitions that are made on demand: a day for recent ones, a month for older ones, a year for old ones', async () => {
    const [id] = await newInstruments(t.db, 1)
    const old = Date.UTC(2011, 5, 1, 15) * 1000
    const lastYear = Date.UTC(2025, 2, 3, 15) * 1000
    const { ticks } = await writeBatch(
      t.db,
      batch({ ticks: [tick(id!, old, 1), tick(id!, lastYear, 2), tick(id!, NOON, 3)] }),
    )
    expect(ticks.inserted).toBe(3)
    expect(
      await rows(
        'select tableoid::regclass::text as home from market_data_ticks where instrument_id = $1 order by ts',
        id,
      ),
    ).toEqual(['y2011', 'y2025m03', 'y2026m11d20'].map((p) => ({ home: `market_data_ticks_${p}` })))
  })

  test('an absurd time or price writes nothing at all', async () => {
    const [id] = await newInstruments(t.db, 1)
    const before = await lastBatchId(t.db)
    await expect(
      writeBatch(t.db, batch({ ticks: [tick(id!, NOON, 1), tick(id!, day(400), 1)] })),
    ).rejects.toThrow(/no time that a price/)
    for (const price of [0, -1, Number.NaN]) {
      await expect(
        writeBatch(t.db, batch({ ticks: [tick(id!, NOON, 1), tick(id!, minute(1), price)] })),
      ).rejects.toThrow()
    }
    await expect(writeBatch(t.db, batch({ ticks: [tick(2_000_000, NOON, 1)] }))).rejects.toThrow(
      /No instrument has the id 2000000/,
    )
    expect(await ticksOf(id!)).toEqual([])
    expect(await lastBatchId(t.db)).toBe(before)
  })
})

describe('bars', () => {
  const barsOf = (id: number) =>
    rows(
      'select close, final, volume, write_id from market_data_bars where instrument_id = $1 order by ts',
      id,
    )
  const write = (...bars: Parameters<typeof bar>[]) =>
    writeBatch(t.db, batch({ kind: 'bars', bars: bars.map((b) => bar(...b)) }))

  test('an open bar moves freely, becomes final once and never opens again', async () => {
    const [id] = await newInstruments(t.db, 1)
    expect((await write([id!, NOON, 10, { final: false }])).bars.inserted).toBe(1)
    expect((await write([id!, NOON, 11, { final: false }])).bars.updated).toBe(1)
    expect((await write([id!, NOON, 11, { final: false }])).bars.duplicate).toBe(1)
    expect((await write([id!, NOON, 11])).bars.updated).toBe(1)
    expect((await write([id!, NOON, 12, { final: false }])).bars.duplicate).toBe(1)
    expect(await barsOf(id!)).toMatchObject([{ close: 11, final: true }])
    expect(await restatements(id!)).toEqual([])
  })

  test('a final bar that changes takes the new value and leaves the old one behind', async () => {
    const [id] = await newInstruments(t.db, 1)
    await write([id!, NOON, 10])
    const restated = await write([id!, NOON, 12])
    expect(restated.bars).toEqual({ offered: 1, inserted: 0, updated: 1, duplicate: 0 })
    expect((await write([id!, NOON, 12])).batchId).toBeNull()
    expect(await barsOf(id!)).toMatchObject([{ close: 12, write_id: restated.writeId }])
    expect(await restatements(id!)).toMatchObject([{ what: 'bar', old: { close: 10 }, new: { close: 12 } }])
  })

  test('overlapping pages of one answer are read in their order', async () => {
    const [id] = await newInstruments(t.db, 1)
    const { bars } = await write(
      [id!, NOON, 10, { final: false }],
      [id!, minute(1), 20],
      [id!, NOON, 11],
      [id!, NOON, 12],
    )
    expect(bars).toEqual({ offered: 4, inserted: 2, updated: 2, duplicate: 0 })
    expect(await barsOf(id!)).toMatchObject([{ close: 12 }, { close: 20 }])
    expect(await restatements(id!)).toHaveLength(1)
  })

  test('a volume that becomes known is a change', async () => {
    const [id] = await newInstruments(t.db, 1)
    await write([id!, NOON, 10, { volume: null }])
    expect((await write([id!, NOON, 10, { volume: 7 }])).bars.updated).toBe(1)
  })
})

describe('days', () => {
  const daysOf = (id: number) =>
    rows('select close, settled, basis from market_data_daily where instrument_id = $1 order by basis', id)
  const write = (...days: Parameters<typeof daily>[]) =>
    writeBatch(t.db, batch({ kind: 'daily', daily: days.map((d) => daily(...d)) }))
  const date = '2026-11-19'

  test('an unsettled day moves freely, is settled once, and is not unsettled again', async () => {
    const [id] = await newInstruments(t.db, 1)
    expect((await write([id!, date, 10, { settled: false }])).daily.inserted).toBe(1)
    expect((await write([id!, date, 11, { settled: false }])).daily.updated).toBe(1)
    expect((await write([id!, date, 11])).daily.updated).toBe(1)
    expect((await write([id!, date, 15, { settled: false }])).daily.duplicate).toBe(1)
    expect(await daysOf(id!)).toMatchObject([{ close: 11, settled: true }])
    expect(await restatements(id!)).toEqual([])
  })

  test('a settled day that changes leaves a restatement; each basis is a series of its own', async () => {
    const [id] = await newInstruments(t.db, 1)
    await write([id!, date, 10], [id!, date, 5, { basis: 'split' }])
    expect((await write([id!, date, 12])).daily.updated).toBe(1)
    expect((await write([id!, date, 12])).batchId).toBeNull()
    expect(await daysOf(id!)).toMatchObject([
      { close: 12, basis: 'raw' },
      { close: 5, basis: 'split' },
    ])
    expect(await restatements(id!)).toMatchObject([{ what: 'daily', old: { close: 10 }, new: { close: 12 } }])
  })
})

describe('latest', () => {
  const write =
    (source: string, n: number, last: number, more: { now?: number; bid?: number; fetched?: number } = {}) =>
    (id: number) =>
      writeBatch(
        t.db,
        batch({
          source,
          marketNow: minute(more.now ?? n),
          fetchedAt: minute(more.fetched ?? n),
          latest: [latest(id, minute(n), last, { bid: more.bid ?? null })],
        }),
      )
  const latestOf = async (id: number) => (await readLatest(t.db, { instrumentIds: [id] }))[0]

  test.each([
    ['a newer event of the same source', write('yahoo', 0, 1), write('yahoo', 1, 2), 2],
    ['an older event of the same source', write('yahoo', 1, 1), write('yahoo', 0, 2), 1],
    ['a newer event of a better source', write('yahoo', 0, 1), write('polygon', 1, 2), 2],
    ['an older event of a better source', write('yahoo', 1, 1), write('polygon', 0, 2), 1],
    ['a newer event of a worse source', write('polygon', 0, 1), write('yahoo', 1, 2, { now: 1 }), 1],
    [
      'a newer event of a worse source after two cadences',
      write('polygon', 0, 1),
      write('yahoo', 1, 2, { now: 3 }),
      2,
    ],
    [
      'an older event of a worse source after two cadences',
      write('polygon', 1, 1),
      write('yahoo', 0, 2, { now: 9 }),
      1,
    ],
    [
      'a source that the house order does not name',
      write('polygon', 0, 1),
      write('import:csv', 1, 2, { now: 1 }),
      1,
    ],
    [
      'a named source after one that is not named',
      write('import:csv', 0, 1),
      write('yahoo', 1, 2, { now: 1 }),
      2,
    ],
    ['the same moment with another price', write('polygon', 0, 1), write('polygon', 0, 2, { fetched: 1 }), 1],
  ])('%s', async (_, first, second, expected) => {
    const [id] = await newInstruments(t.db, 1)
    await first(id!)
    await second(id!)
    expect((await latestOf(id!))?.last).toBe(expected)
  })

  test('the same moment told again brings a newer bid, not an older one', async () => {
    const [id] = await newInstruments(t.db, 1)
    await write('polygon', 0, 1, { bid: 1 })(id!)
    expect((await write('polygon', 0, 1, { bid: 2, fetched: 2 })(id!)).latest).toBe(1)
    expect((await write('polygon', 0, 1, { bid: 3, fetched: 1 })(id!)).latest).toBe(0)
    expect((await latestOf(id!))?.bid).toBe(2)
  })

  test('carries its provenance and the ledger id of its write', async () => {
    const [id] = await newInstruments(t.db, 1)
    const day = { open: 1, high: 3, low: 0.5, close: 2, volume: 77 }
    const row = {
      ...latest(id!, NOON + 1, 2.5, { day, feed: 'delayed', delayedMinutes: 15, tsOrigin: 'response' }),
      volume: undefined,
    }
    const { batchId } = await writeBatch(t.db, batch({ fetchedAt: minute(1), latest: [row] }))
    expect(await latestOf(id!)).toMatchObject({
      ...{
        batchId,
        ts: NOON + 1,
        fetchedAt: minute(1),
        source: 'polygon',
        feed: 'delayed',
        delayedMinutes: 15,
      },
      ...{
        tsOrigin: 'response',
        last: 2.5,
        dayOpen: 1,
        dayHigh: 3,
        dayLow: 0.5,
        dayClose: 2,
        volume: 77,
        currency: 'USD',
      },
    })
    expect(await readLatest(t.db, { afterBatchId: batchId! - 1 })).toHaveLength(1)
    expect(await readLatest(t.db, { afterBatchId: batchId! })).toHaveLength(0)
  })
})

describe('the transaction', () => {
  test('nothing changed: no ledger row and no notification, but the sync state and findings are stored', async () => {
    const [id] = await newInstruments(t.db, 1)
    await writeBatch(t.db, batch({ ticks: [tick(id!, NOON, 1)] }))
    const before = await lastBatchId(t.db)
    const finding = {
      kind: 'zero_price',
      instrumentId: id!,
      symbol: 'Z',
      ts: NOON,
      evidence: { price: 0, raw: 'a\u0000b' },
    }
    const sync = { scope: 'tier:test', lastSync: NOON, nextSync: minute(1), status: 'ok', secondsBehind: 1.5 }
    const again = batch({ ticks: [tick(id!, NOON, 1)], findings: [finding], sync })
    expect((await writeBatch(t.db, again)).batchId).toBeNull()
    await writeBatch(t.db, again)
    expect(await lastBatchId(t.db)).toBe(before)
    expect(await readSync(t.db)).toContainEqual({
      environment: 'local',
      rowsBehind: null,
      detail: null,
      ...sync,
    })
    expect(await rows(`select kind, ts from quality_findings where symbol = 'Z'`)).toEqual([
      { kind: 'zero_price', ts: NOON },
    ])
  })

  test('the ledger says what was written, and the notification carries its id', async () => {
    const [id] = await newInstruments(t.db, 1)
    const client = await t.db.pool.connect()
    const heard = Promise.withResolvers<string>()
    client.on('notification', (n) => heard.resolve(n.payload!))
    await client.query('listen onetape_batch')
    const done = await writeBatch(
      t.db,
      batch({
        kind: 'import',
        source: 'import:csv',
        feed: 'csv',
        fetchedAt: minute(2),
        ticks: [tick(id!, NOON, 1), tick(id!, minute(1), 2)],
        daily: [daily(id!, '2020-01-02', 5)],
      }),
    )
    expect(await heard.promise).toBe(String(done.batchId))
    client.release(true)
    expect(await readBatchesAfter(t.db, { afterId: done.batchId! - 1, limit: 9 })).toEqual([
      {
        ...{ id: done.batchId, writeId: done.writeId, kind: 'import', source: 'import:csv', feed: 'csv' },
        ...{ fetchedAt: minute(2), minTs: NOON, maxTs: minute(1), rowsOffered: 3, rowsWritten: 3 },
      },
    ])
  })

  test('a batch that fails at its end leaves nothing behind', async () => {
    const [id] = await newInstruments(t.db, 1)
    const bad = latest(id!, NOON, 1, { sessionDate: 'not-a-date' })
    await expect(writeBatch(t.db, batch({ ticks: [tick(id!, NOON, 1)], latest: [bad] }))).rejects.toThrow()
    expect(await rows('select * from market_data_ticks where instrument_id = $1', id)).toEqual([])
  })

  test('corporate actions: again adds nothing, a correction keeps the old value aside', async () => {
    const [id] = await newInstruments(t.db, 1)
    const split = {
      instrumentId: id!,
      kind: 'split' as const,
      exDate: '2014-06-09',
      ratio: 7,
      amount: null,
      currency: null,
    }
    const dividend = { ...split, kind: 'dividend' as const, ratio: null, amount: 0.47, currency: 'USD' }
    const write = (...actions: (typeof split | typeof dividend)[]) =>
      writeBatch(t.db, batch({ kind: 'import', actions }))
    expect((await write(split, dividend)).actions).toEqual({
      offered: 2,
      inserted: 2,
      updated: 0,
      duplicate: 0,
    })
    expect((await write(split, dividend)).batchId).toBeNull()
    expect((await write({ ...split, ratio: 6 })).actions.updated).toBe(1)
    expect(await restatements(id!)).toMatchObject([{ what: 'action', old: { ratio: 7 }, new: { ratio: 6 } }])
  })

  test('8,000 quotes are one batch, quickly', async () => {
    const ids = await newInstruments(t.db, 8000)
    const started = performance.now()
    const done = await writeBatch(
      t.db,
      batch({
        ticks: ids.map((id, n) => tick(id, NOON - n, 100 + n / 100, n)),
        latest: ids.map((id, n) => latest(id, NOON - n, 100 + n / 100, { volume: n })),
        cadenceUs: MINUTE_US,
      }),
    )
    expect(done).toMatchObject({ latest: 8000, ticks: { inserted: 8000 } })
    // Generous: the machine may be busy. Row by row it would take ten times as long.
    expect(performance.now() - started).toBeLessThan(5_000)
  })
})
