// Bars, search and the instrument's page, asked through the API of a tape with a few real-looking rows.

import type { AddressInfo } from 'node:net'
import {
  type BarRow,
  type DailyRow,
  type Instrument,
  mintInstruments,
  renameInstrument,
  writeBatch,
} from '@onetape/db'
import { type TestDatabase, testDatabase } from '@onetape/db/testing'
import { MINUTE_US, microsFromIso } from '@onetape/market'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Api, compose } from '../src/compose.ts'
import { buildServer } from '../src/server.ts'
import { demoAuth } from './demo-auth.ts'
import { mintStocks, quoteBatch } from './market-writer.ts'
import { apiClient } from './tape-client.ts'

const OPEN = microsFromIso('2025-11-18T14:30:00Z')!
const log = pino({ level: 'silent' })

let database: TestDatabase
let api: Api
let stop: () => Promise<void>
let client: ReturnType<typeof apiClient>
let apple: Instrument

beforeAll(async () => {
  database = await testDatabase()
  ;[apple] = (await mintInstruments(database.db, [
    { ref: { assetClass: 'equity', symbol: 'AAPL' }, name: 'Apple Inc.' },
    { ref: { assetClass: 'equity', symbol: 'META' }, name: 'Meta Platforms' },
    { ref: { assetClass: 'equity', symbol: 'AAP' }, name: 'Advance Auto Parts' },
  ])) as [Instrument, ...Instrument[]]
  await writeHistory()
  api = compose({ db: database.db, url: database.url, mode: 'demo', log })
  await api.catchUp()
  const server = await buildServer({ ...api, auth: demoAuth, host: '127.0.0.1', webDist: '/nowhere', log })
  await server.listen({ host: '127.0.0.1', port: 0 })
  client = apiClient((server.server.address() as AddressInfo).port)
  stop = () => server.close()
})
afterAll(async () => {
  api?.endStreams()
  await stop?.()
  await api?.[Symbol.asyncDispose]()
  await database?.drop()
})

async function writeHistory(): Promise<void> {
  const bars = Array.from({ length: 90 }, (_, i): BarRow => {
    const open = 100 + i
    const ts = OPEN + i * MINUTE_US
    const price = { open, high: open + 2, low: open - 1, close: open + 1, volume: 10 }
    return { instrumentId: apple.id, timeframe: '1m', ts, basis: 'raw', final: true, ...price }
  })
  const day: DailyRow = {
    instrumentId: apple.id,
    sessionDate: '2025-11-17',
    basis: 'raw',
    open: 90,
    high: 99,
    low: 89,
    close: 98,
    volume: 1_000,
    settled: true,
  }
  const common = { source: 'polygon', feed: 'delayed', fetchedAt: OPEN, marketNow: OPEN }
  await writeBatch(database.db, { ...common, kind: 'bars', bars })
  const split = {
    instrumentId: apple.id,
    kind: 'split' as const,
    exDate: '2020-08-31',
    ratio: 4,
    amount: null,
    currency: null,
  }
  await writeBatch(database.db, { ...common, kind: 'daily', daily: [day], actions: [split] })
}

describe('bars', () => {
  it('come from one named source on one named basis, oldest first, newest of the range', async () => {
    const series = await client.series.get.query({ key: apple.key, timeframe: '1m', limit: 3 })
    expect(series).toMatchObject({
      key: apple.key,
      timeframe: '1m',
      source: 'polygon',
      basis: 'raw',
      feed: 'delayed',
    })
    expect(series.bars.map((b) => b.close)).toEqual([188, 189, 190])
    expect(series.bars[2]).toEqual({
      ts: OPEN + 89 * MINUTE_US,
      open: 189,
      high: 191,
      low: 188,
      close: 190,
      volume: 10,
      final: true,
    })
  })

  it('come from the better source of the house where a stand-in is as new', async () => {
    const [eur] = await mintInstruments(database.db, [{ ref: { assetClass: 'fx', symbol: 'EUR-USD' } }])
    const rate = { open: 1.1, high: 1.1, low: 1.1, close: 1.1, volume: null }
    const bar = (ts: number): BarRow => ({
      ...{ instrumentId: eur!.id, timeframe: '1m', ts, basis: 'raw', final: true },
      ...rate,
    })
    const write = (source: string, bars: BarRow[]) =>
      writeBatch(database.db, { kind: 'bars', source, feed: source, fetchedAt: OPEN, marketNow: OPEN, bars })
    await write('polygon', [bar(OPEN + MINUTE_US)])
    await write('oanda', [bar(OPEN), bar(OPEN + MINUTE_US)])
    const series = await client.series.get.query({ key: eur!.key, timeframe: '1m', limit: 9 })
    expect(series).toMatchObject({ source: 'oanda', sources: ['oanda', 'polygon'] })
    expect(series.bars).toHaveLength(2)
  })

  it('are half open in their range', async () => {
    const { bars } = await client.series.get.query({
      key: apple.key,
      timeframe: '1m',
      from: OPEN,
      to: OPEN + 2 * MINUTE_US,
    })
    expect(bars.map((b) => b.ts)).toEqual([OPEN, OPEN + MINUTE_US])
  })

  it('are made longer from minutes', async () => {
    const { bars } = await client.series.get.query({ key: apple.key, timeframe: '30m' })
    expect(bars.map((b) => [b.open, b.high, b.low, b.close, b.volume])).toEqual([
      [100, 131, 99, 130, 300],
      [130, 161, 129, 160, 300],
      [160, 191, 159, 190, 300],
    ])
  })

  it('come at the resolution of a screen, which is named', async () => {
    const wide = await client.series.get.query({ key: apple.key, timeframe: '1m', points: 90 })
    expect(wide.resolution).toEqual({ name: '1m', lengthUs: MINUTE_US })
    expect(wide.bars).toHaveLength(90)
    const range = { from: OPEN + MINUTE_US, to: OPEN + 90 * MINUTE_US }
    const narrow = await client.series.get.query({ key: apple.key, timeframe: '1m', points: 10, ...range })
    expect(narrow).toMatchObject({ timeframe: '1m', source: 'polygon', basis: 'raw', feed: 'delayed' })
    expect(narrow.resolution).toEqual({ name: '10m', lengthUs: 10 * MINUTE_US })
    expect(narrow.bars.map((b) => [b.ts, b.open, b.high, b.low, b.close, b.volume])).toEqual(
      [0, 1, 2, 3, 4, 5, 6, 7, 8].map((n) => [
        ...[OPEN + n * 10 * MINUTE_US, 100 + n * 10, 111 + n * 10, 99 + n * 10, 110 + n * 10, 100],
      ]),
    )
    const plain = await client.series.get.query({ key: apple.key, timeframe: '30m' })
    expect(plain.resolution).toEqual({ name: '30m', lengthUs: 30 * MINUTE_US })
  })

  it('of a day come from the daily table', async () => {
    const { bars } = await client.series.get.query({ key: apple.key, timeframe: '1d', to: OPEN })
    expect(bars[0]).toMatchObject({ ts: microsFromIso('2025-11-17T00:00:00Z'), close: 98, final: true })
  })

  it('are an empty series where there are none, and an error where there is no instrument', async () => {
    const none = await client.series.get.query({ key: 'equity:US:META', timeframe: '5m' })
    expect(none).toMatchObject({ source: null, basis: null, sources: [], bars: [] })
    const unknown = client.series.get.query({ key: 'equity:US:NOPE', timeframe: '5m' })
    await expect(unknown).rejects.toMatchObject({ data: { code: 'NOT_FOUND' } })
    await expect(unknown).rejects.toThrow('The tape has no instrument "equity:US:NOPE".')
  })
})

describe('instruments', () => {
  it('are found by symbol first, then by name, then by the name they once had', async () => {
    const [meta] = await client.instruments.search.query({ text: 'meta' })
    const instrument = await mintInstruments(database.db, [{ ref: { assetClass: 'equity', symbol: 'META' } }])
    await renameInstrument(database.db, {
      instrumentId: instrument[0]!.id,
      symbols: [
        { symbol: 'FB', validFrom: '2012-05-18', validTo: '2022-06-08' },
        { symbol: 'META', validFrom: '2022-06-09', validTo: null },
      ],
    })
    expect(meta).toMatchObject({
      key: 'equity:US:META',
      symbol: 'META',
      assetClass: 'equity',
      name: 'Meta Platforms',
    })
    expect((await client.instruments.search.query({ text: 'AAP' })).map((i) => i.symbol)).toEqual([
      'AAP',
      'AAPL',
    ])
    expect((await client.instruments.search.query({ text: 'apple' })).map((i) => i.symbol)).toEqual(['AAPL'])
    expect(await client.instruments.search.query({ text: 'FB' })).toMatchObject([
      { symbol: 'META', pastSymbols: ['FB'] },
    ])
    expect(await client.instruments.search.query({ text: '   ' })).toEqual([])
    expect(await client.instruments.search.query({ text: "'; drop table %_\\" })).toEqual([])
  })

  it('have a page with names, actions and the newest quote', async () => {
    expect((await client.instruments.get.query({ key: apple.key })).quote).toBeNull()
    await quoteBatch(database.db, [{ instrument: apple, last: 234.56 }])
    await expect
      .poll(async () => (await client.instruments.get.query({ key: apple.key })).quote)
      .toMatchObject({ last: 234.56, change: 134.56, source: 'polygon', feed: 'delayed', delayedMinutes: 15 })
    const page = await client.instruments.get.query({ key: apple.key })
    expect(page).toMatchObject({
      key: 'equity:US:AAPL',
      symbol: 'AAPL',
      name: 'Apple Inc.',
      currency: 'USD',
      venue: 'XNYS',
      actions: [{ kind: 'split', exDate: '2020-08-31', ratio: 4, amount: null, source: 'polygon' }],
    })
    expect(page.symbols).toEqual([{ symbol: 'AAPL', validFrom: null, validTo: null }])
  })

  it('are found among eight thousand, the nearest name first', async () => {
    const letters = (n: number) =>
      String.fromCharCode(65 + (n % 26), 65 + (Math.floor(n / 26) % 26), 65 + Math.floor(n / 676))
    await mintStocks(database.db, [...new Set(Array.from({ length: 8_000 }, (_, i) => `Q${letters(i)}`))])
    const search = async (text: string) =>
      (await client.instruments.search.query({ text, limit: 20 })).map((i) => i.symbol)
    expect((await search('QABC'))[0]).toBe('QABC')
    expect((await search('qab')).slice(0, 3)).toEqual(['QABA', 'QABB', 'QABC'])
    expect(await search('apple')).toEqual(['AAPL'])
    expect(await search('zzz')).toEqual([])
  })
})
