import type { AssetClass } from '@onetape/market'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../testing.ts'
import { mintInstruments } from '../writes/mint-instruments.ts'
import { renameInstrument } from '../writes/rename-instrument.ts'
import { readInstrument } from './read-instrument.ts'
import { readInstruments } from './read-instruments.ts'
import { readSymbols } from './read-symbols.ts'
import { searchInstruments } from './search-instruments.ts'
import { symbolResolver } from './symbol-resolver.ts'

let t: TestDatabase
const ref = (symbol: string, assetClass: AssetClass = 'equity') => ({ assetClass, symbol })

beforeAll(async () => {
  t = await testDatabase()
  const [meta] = await mintInstruments(t.db, [
    { ref: ref('META'), name: 'Meta Platforms, Inc.' },
    { ref: ref('AAPL'), name: 'Apple Inc.', listingType: 'CS' },
    { ref: ref('APLE'), name: 'Apple Hospitality REIT' },
    { ref: ref('A'), name: 'Agilent Technologies' },
    { ref: ref('IBIT'), name: 'iShares Bitcoin Trust' },
    { ref: ref('BTC-USD', 'crypto'), name: 'Bitcoin' },
    { ref: ref('ETHA'), name: 'iShares Ethereum Trust' },
    { ref: ref('ETC-USD', 'crypto'), name: 'Ethereum Classic - US dollar' },
    { ref: ref('ETH-USD', 'crypto'), name: 'Ethereum - US dollar' },
    {
      ref: ref('FB'),
      key: 'equity:US:FB@2024-01-02',
      name: 'A new FB',
      listedOn: '2024-01-02',
      validFrom: '2024-01-02',
    },
  ])
  await renameInstrument(t.db, {
    instrumentId: meta!.id,
    symbols: [
      { symbol: 'META', validFrom: '2022-06-09', validTo: null },
      { symbol: 'FB', validFrom: '2012-05-18', validTo: '2022-06-08' },
    ],
  })
}, 120_000)
afterAll(() => t.drop())

describe('search', () => {
  const keys = async (text: string, limit = 10) =>
    (await searchInstruments(t.db, { text, limit })).map((i) => i.key)

  test('the symbol itself, then past symbols, then beginnings, then words of the name', async () => {
    expect(await keys('a')).toEqual([
      'equity:US:A',
      'equity:US:AAPL',
      'equity:US:APLE',
      'equity:US:FB@2024-01-02',
    ])
    expect(await keys('fb')).toEqual(['equity:US:FB@2024-01-02', 'equity:US:META'])
    expect(await keys('apple')).toEqual(['equity:US:AAPL', 'equity:US:APLE'])
    expect(await keys('apple inc')).toEqual(['equity:US:AAPL'])
    expect(await keys('bitcoin'), 'the whole name first').toEqual(['crypto:BTC-USD', 'equity:US:IBIT'])
    expect((await keys('ethereum'))[0], 'as vendors name a pair').toBe('crypto:ETH-USD')
    expect(await keys('btcusd')).toEqual(['crypto:BTC-USD'])
    expect(await keys('BTC-')).toEqual(['crypto:BTC-USD'])
    expect(await keys('a', 1)).toHaveLength(1)
  })

  test('what is typed is text, not a pattern', async () => {
    for (const text of ['%', '_', '\\', "'", '', '   ', '\0', '%%%%', 'a'.repeat(5000)])
      expect(await keys(text)).toEqual([])
  })

  test('a past symbol is told', async () => {
    expect((await searchInstruments(t.db, { text: 'meta', limit: 1 }))[0]).toMatchObject({
      symbol: 'META',
      pastSymbols: ['FB'],
    })
  })
})

test('an instrument by key, or by the symbol that it bears now', async () => {
  expect((await readInstrument(t.db, 'equity:US:META'))?.symbol).toBe('META')
  expect((await readInstrument(t.db, 'aapl'))?.key).toBe('equity:US:AAPL')
  expect((await readInstrument(t.db, 'FB'))?.key).toBe('equity:US:FB@2024-01-02')
  expect(await readInstrument(t.db, 'NOPE')).toBeNull()
})

describe('minting', () => {
  test('again gives the same instruments, in the order asked for; a better name replaces, none does not', async () => {
    const before = (await readInstruments(t.db)).length
    const again = await mintInstruments(t.db, [
      { ref: ref('AAPL') },
      { ref: ref('A'), name: 'Agilent' },
      { ref: ref('AAPL') },
    ])
    expect(again.map((i) => i.name)).toEqual(['Apple Inc.', 'Agilent', 'Apple Inc.'])
    expect(again[0]!.id).toBe(again[2]!.id)
    expect((await readInstruments(t.db)).length).toBe(before)
  })

  test('four at once mint one', async () => {
    const infos = ['Q1', 'Q2', 'Q3', 'Q4'].map((s) => ({ ref: ref(s) }))
    const results = await Promise.all(
      [infos, infos.toReversed(), infos, infos.toReversed()].map((i) => mintInstruments(t.db, i)),
    )
    expect(new Set(results.flat().map((i) => i.id)).size).toBe(4)
    expect(await readSymbols(t.db, results[0]![0]!.id)).toEqual([
      { symbol: 'Q1', validFrom: null, validTo: null },
    ])
  })

  test('a pair is priced in its second half; a wrong key is refused', async () => {
    const [eth] = await mintInstruments(t.db, [{ ref: ref('ETH-EUR', 'crypto') }])
    expect(eth).toMatchObject({ key: 'crypto:ETH-EUR', currency: 'EUR', assetClass: 'crypto' })
    await expect(mintInstruments(t.db, [{ ref: ref('bad symbol') }])).rejects.toThrow(/not an instrument key/)
  })
})

describe('names over time', () => {
  test('a symbol means whoever bore it on that day', async () => {
    const { resolve } = await symbolResolver(t.db)
    expect(resolve(ref('FB'), '2012-05-17')).toBeNull()
    expect(resolve(ref('FB'), '2012-05-18')?.key).toBe('equity:US:META')
    expect(resolve(ref('FB'), '2022-06-08')?.key).toBe('equity:US:META')
    expect(resolve(ref('FB'), '2022-06-09')).toBeNull()
    expect(resolve(ref('FB'), '2025-01-01')?.key).toBe('equity:US:FB@2024-01-02')
    expect(resolve(ref('META'), '2026-11-20')?.key).toBe('equity:US:META')
    expect(resolve(ref('AAPL', 'crypto'), '2026-11-20')).toBeNull()
  })

  test('a resolver learns of new names when it is refreshed', async () => {
    const resolver = await symbolResolver(t.db)
    await mintInstruments(t.db, [{ ref: ref('NEW') }])
    expect(resolver.resolve(ref('NEW'), '2026-11-20')).toBeNull()
    await resolver.refresh()
    expect(resolver.resolve(ref('NEW'), '2026-11-20')?.key).toBe('equity:US:NEW')
  })

  test('renaming again says the same; an unknown instrument and no symbol at all are refused', async () => {
    const meta = (await readInstrument(t.db, 'META'))!
    const symbols = await readSymbols(t.db, meta.id)
    expect(symbols.map((s) => s.symbol)).toEqual(['FB', 'META'])
    await renameInstrument(t.db, { instrumentId: meta.id, symbols })
    expect(await readSymbols(t.db, meta.id)).toEqual(symbols)
    await expect(renameInstrument(t.db, { instrumentId: meta.id, symbols: [] })).rejects.toThrow(
      /at least one symbol/,
    )
    await expect(renameInstrument(t.db, { instrumentId: 999_999, symbols })).rejects.toThrow(/No instrument/)
  })
})
