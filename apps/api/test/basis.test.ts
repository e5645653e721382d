// One series on every basis: stored days and minutes of an instrument that split and paid, whatever they stand on.
import { type BarRow, type DailyRow, type Instrument, mintInstruments, writeBatch } from '@onetape/db'
import { type TestDatabase, testDatabase } from '@onetape/db/testing'
import { type Basis, microsFromIso, type Timeframe } from '@onetape/market'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TapeReads } from '../src/ports.ts'
import { tapeReads } from '../src/tape.ts'

const NOW = microsFromIso('2020-09-04T21:00:00Z')!
const RAW: [date: string, close: number, volume: number][] = [
  ['2020-08-05', 440.25, 30_498_000],
  ['2020-08-06', 455.61, 50_607_225],
  ['2020-08-07', 444.45, 49_511_403],
  ['2020-08-27', 500.04, 38_888_096],
  ['2020-08-28', 499.23, 46_907_479],
  ['2020-08-31', 129.04, 225_702_700],
  ['2020-09-01', 134.18, 151_948_100],
]
const PAID = 1 - 0.82 / 455.61

let t: TestDatabase
let tape: TapeReads
let byStored: Record<Basis, Instrument>
let silent: Instrument
let unknown: Instrument
let bitcoin: Instrument
beforeAll(async () => {
  t = await testDatabase()
  const refs = ['RAWS', 'SPLT', 'TOTL', 'NONE', 'WHAT'].map((symbol) => ({
    ref: { assetClass: 'equity' as const, symbol },
  }))
  const minted = await mintInstruments(t.db, [...refs, { ref: { assetClass: 'crypto', symbol: 'BTC-USD' } }])
  const [raw, split, total, none, what, coin] = minted as [
    Instrument,
    Instrument,
    Instrument,
    Instrument,
    Instrument,
    Instrument,
  ]
  byStored = { raw, split, total }
  ;[silent, unknown, bitcoin] = [none, what, coin]
  for (const [basis, instrument] of Object.entries(byStored) as [Basis, Instrument][])
    await store(instrument, basis)
  for (const instrument of [silent, unknown, bitcoin]) await days(instrument, RAW, 'raw')
  await minutes(byStored.raw)
  tape = tapeReads({ db: t.db, marketClock: { now: () => NOW }, quotes: { quote: () => null } })
}, 120_000)
afterAll(() => t.drop())

const common = { source: 'polygon', feed: 'sip', fetchedAt: NOW, marketNow: NOW }

async function store(instrument: Instrument, basis: Basis): Promise<void> {
  const shares = (date: string) => (date < '2020-08-31' ? 4 : 1)
  const kept = (date: string) => (basis === 'total' && date < '2020-08-07' ? PAID : 1)
  const rows = RAW.map(([date, close, volume]): (typeof RAW)[number] =>
    basis === 'raw'
      ? [date, close, volume]
      : [date, (close / shares(date)) * kept(date), volume * shares(date)],
  )
  await days(instrument, rows, basis)
  const id = instrument.id
  const actions = [
    { instrumentId: id, kind: 'split', exDate: '2020-08-31', ratio: 4, amount: null, currency: null },
    { instrumentId: id, kind: 'dividend', exDate: '2020-08-07', ratio: null, amount: 0.82, currency: 'USD' },
    // Announced, and not yet so.
    { instrumentId: id, kind: 'split', exDate: '2020-09-08', ratio: 5, amount: null, currency: null },
  ] as const
  await writeBatch(t.db, { ...common, kind: 'daily', actions: [...actions] })
  // Another source knows less of it, and dates it otherwise: never put together with the first.
  const other = {
    instrumentId: id,
    kind: 'split',
    exDate: '2020-08-28',
    ratio: 4,
    amount: null,
    currency: null,
  } as const
  await writeBatch(t.db, { ...common, source: 'yahoo', kind: 'daily', actions: [other] })
}

async function days(instrument: Instrument, rows: typeof RAW, basis: Basis): Promise<void> {
  const daily = rows.map(([sessionDate, close, volume]): DailyRow => {
    const prices = { open: close, high: close * 1.01, low: close * 0.99, close, volume }
    return { instrumentId: instrument.id, sessionDate, basis, settled: true, ...prices }
  })
  await writeBatch(t.db, { ...common, kind: 'daily', daily })
}

/** The last minutes before the split and the first after it, pre-market and post-market with them. */
async function minutes(instrument: Instrument): Promise<void> {
  const at = (iso: string, close: number): BarRow => {
    const prices = { open: close, high: close, low: close, close, volume: 400 }
    const ts = microsFromIso(iso)!
    return { instrumentId: instrument.id, timeframe: '1m', ts, basis: 'raw', final: true, ...prices }
  }
  const bars = [
    at('2020-08-28T19:59:00Z', 499.2),
    at('2020-08-28T23:59:00Z', 500),
    at('2020-08-31T08:00:00Z', 126),
    at('2020-08-31T13:30:00Z', 127.6),
  ]
  await writeBatch(t.db, { ...common, kind: 'bars', bars })
}

const ask = async (o: { of: Instrument; basis?: Basis; timeframe?: Timeframe; points?: number }) => {
  const found = await tape.bars({
    ...{ key: o.of.key, timeframe: o.timeframe ?? '1d', limit: 500 },
    ...(o.basis && { basis: o.basis }),
    ...(o.points && { points: o.points, from: microsFromIso('2020-08-01T00:00:00Z')! }),
  })
  return found!
}
const expected = {
  raw: RAW.map(([, close]) => close),
  split: RAW.map(([date, close]) => (date < '2020-08-31' ? close / 4 : close)),
  total: RAW.map(
    ([date, close]) => (date < '2020-08-31' ? close / 4 : close) * (date < '2020-08-07' ? PAID : 1),
  ),
}

describe.each(['raw', 'split', 'total'] as const)('days that are stored %s', (stored) => {
  it.each(['raw', 'split', 'total'] as const)('are shown %s', async (basis) => {
    const series = await ask({ of: byStored[stored], basis })
    expect(series).toMatchObject({
      ...{ source: 'polygon', stored, basis, refused: null, cut: null },
      converted: stored === basis ? null : { from: stored, actions: 'polygon' },
    })
    for (const [n, bar] of series.bars.entries()) {
      expect(bar.close).toBeCloseTo(expected[basis][n]!, 8)
      expect(bar.volume).toBeCloseTo(RAW[n]![2] * (basis !== 'raw' && RAW[n]![0] < '2020-08-31' ? 4 : 1), 4)
    }
  })
})

it('weeks and months are made of converted days: a split within one does not tear it', async () => {
  const month = await ask({ of: byStored.raw, basis: 'split', timeframe: '1mo' })
  expect(month.bars[0]).toMatchObject({ open: 440.25 / 4, close: 129.04 })
  expect(month.bars[0]!.high).toBeCloseTo(129.04 * 1.01, 6)
  expect(month.bars[0]!.low).toBeCloseTo((440.25 * 0.99) / 4, 6)
  const screen = await ask({ of: byStored.raw, basis: 'split', timeframe: '1d', points: 10 })
  expect(screen.bars[0]!.close).toBe(440.25 / 4)
})

it.each(['1m', '1h', '4h'] as const)('%s bars go by the session that they belong to', async (timeframe) => {
  for (const points of [undefined, 500]) {
    const { bars, basis } = await ask({
      of: byStored.raw,
      basis: 'split',
      timeframe,
      ...(points && { points }),
    })
    expect(basis).toBe('split')
    const before = bars.filter((bar) => bar.ts < microsFromIso('2020-08-31T04:00:00Z')!)
    expect(before.map((bar) => bar.close)).toEqual([499.2 / 4, 500 / 4])
    expect(before.every((bar) => bar.volume === 1_600)).toBe(true)
    expect(bars.slice(before.length).map((bar) => bar.close)).toEqual([126, 127.6])
  }
})

it('where nothing is known of actions the bars stay as they are, and why is said', async () => {
  // Nobody has told of the market as a whole.
  const before = await ask({ of: unknown, basis: 'split' })
  expect(before).toMatchObject({
    ...{ basis: 'raw', stored: 'raw', converted: null },
    refused: { basis: 'split', why: 'the tape knows no corporate actions of WHAT' },
  })
  expect(before.bars).toHaveLength(RAW.length)
  expect((await ask({ of: unknown, basis: 'raw' })).refused).toBeNull()
  // A coin neither splits nor pays.
  const coin = await ask({ of: bitcoin, basis: 'total' })
  expect(coin).toMatchObject({ basis: 'total', converted: { from: 'raw', actions: null }, refused: null })
  expect(coin.bars.map((bar) => bar.close)).toEqual(expected.raw)
  // Who lists the actions of everybody and said nothing of this one knows of none.
  const sync = {
    scope: 'actions:polygon',
    lastSync: NOW,
    nextSync: null,
    status: 'ok',
    rowsBehind: 0,
    detail: {},
  }
  await writeBatch(t.db, { ...common, kind: 'daily', sync })
  const none = await ask({ of: silent, basis: 'total' })
  expect(none).toMatchObject({ basis: 'total', converted: { actions: 'polygon' }, refused: null })
  expect(none.bars.map((bar) => bar.close)).toEqual(expected.raw)
})

it('older bars than a dividend whose close before is missing are left out of total return, and why is said', async () => {
  const [gap] = (await mintInstruments(t.db, [{ ref: { assetClass: 'equity', symbol: 'GAPS' } }])) as [
    Instrument,
  ]
  await days(
    gap,
    RAW.filter(([date]) => date !== '2020-08-06'),
    'raw',
  )
  const paid = {
    instrumentId: gap.id,
    kind: 'dividend',
    exDate: '2020-08-07',
    ratio: null,
    amount: 0.82,
    currency: 'USD',
  }
  await writeBatch(t.db, { ...common, kind: 'daily', actions: [{ ...paid, kind: 'dividend' as const }] })
  const series = await ask({ of: gap, basis: 'total' })
  expect(series.cut).toBe('the close before the dividend of 2020-08-07 is not on the tape')
  expect(series.bars.map((bar) => bar.close)).toEqual(expected.raw.slice(2))
  expect((await ask({ of: gap, basis: 'split' })).bars).toHaveLength(RAW.length - 1)
})

it('the series that was chosen stays the one that is converted', async () => {
  // The same source keeps two days as they were traded as well.
  await days(byStored.split, RAW.slice(-2), 'raw')
  const { key } = byStored.split
  const raw = await ask({ of: byStored.split, basis: 'raw' })
  expect(raw).toMatchObject({ stored: 'split', converted: { from: 'split' } })
  expect(raw.bars).toHaveLength(RAW.length)
  const few = await tape.bars({ key, timeframe: '1d', limit: 500, stored: 'raw' })
  expect(few).toMatchObject({ stored: 'raw', basis: 'raw', converted: null })
  expect(few!.bars).toHaveLength(2)
})
