// Imports into a real database: what is stored, what is refused, and that a second time adds nothing.
import { readBars, readCorporateActions, readInstrument, readSymbols } from '@onetape/db'
import { type TestDatabase, testDatabase } from '@onetape/db/testing'
import { type AssetClass, HOUR_US, venueOf } from '@onetape/market'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeFolder } from './fixtures/folder.ts'
import { makeZip } from './fixtures/zip.ts'
import { runImport } from './run-import.ts'

const NOW = Date.UTC(2024, 5, 3, 12) * 1000
const DAY = (date: string) => Date.parse(`${date}T00:00:00Z`) * 1000

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase({ mode: 'live' })
})
afterAll(() => database.drop())

const run = (path: string, over: Partial<Parameters<typeof runImport>[1]> = {}) =>
  runImport(
    { db: database.db, mode: 'live', marketNow: () => NOW },
    { path, basis: null, symbol: null, signal: AbortSignal.timeout(60_000), ...over },
  )

async function series(
  key: string,
  timeframe: '1d' | '1m' | '1h',
  o: { assetClass?: AssetClass; source?: string } = {},
) {
  const instrument = await readInstrument(database.db, key)
  if (!instrument) return null
  const venue = venueOf(o.assetClass ?? 'equity')
  return readBars(database.db, {
    instrumentId: instrument.id,
    timeframe,
    from: DAY('1990-01-01'),
    to: NOW,
    limit: 5000,
    venue,
    source: o.source,
  })
}

const LEAN = {
  'equity/usa/map_files/renu.csv': '20100104,oldn,Q\n20140402,oldn,Q\n20501231,renu,Q',
  'equity/usa/factor_files/renu.csv':
    '20100104,0.99,0.25,10\n20140606,0.99,0.25,645.57\n20150806,0.99,1,100\n20501231,1,1,0',
  'equity/usa/daily/oldn.zip': makeZip({
    // A company that gave the name up long before.
    'oldn.csv':
      '20010102 00:00,10000,10000,10000,10000,5\n20010103 00:00,10000,10100,9900,10000,6\n20120103 00:00,500000,510000,490000,505000,7',
  }),
  'equity/usa/daily/renu.zip': makeZip({
    'renu.csv':
      '20140403 00:00,505000,515000,500000,510000,100\n20140404 00:00,510000,0,500000,510000,100\n20140405 00:00,510000,520000,500000,510000,100\n20140407 00:00,510000,512000,508000,511000,200',
  }),
  'equity/usa/minute/renu/20140609_trade.zip': makeZip({
    '20140609_renu_minute_trade.csv':
      '14400000,6455700,6455700,922300,924200,600\n34200000,924200,925000,924000,924500,10\n34260000,924500,925500,924500,925000,20',
  }),
  'equity/usa/minute/renu/20140609_quote.zip': makeZip({
    '20140609_renu_minute_quote.csv': '14400000,1,1,1,1,1,2,2,2,2,1\n14460000,1,1,1,1,1,2,2,2,2,1',
  }),
  'crypto/coinbase/daily/btcusd_trade.zip': makeZip({
    'btcusd.csv': '20170414 00:00,1170.5,1190,1160,1173.13,0.05655554',
  }),
  'README.md': 'not a price',
}

describe('a LEAN folder', () => {
  it('is stored, refused and counted row by row', async () => {
    await using folder = await makeFolder(LEAN)
    const report = await run(folder.path)
    const file = (name: string) => report.files.find((f) => f.file.endsWith(name))!
    expect(file('daily/oldn.zip')).toMatchObject({ rows: 3, inserted: 3, rejected: [] })
    expect(file('daily/oldn.zip').notes[0]).toContain('equity:US:OLDN@2001-01-02')
    expect(file('daily/renu.zip')).toMatchObject({
      rows: 4,
      inserted: 2,
      rejected: [
        { row: 2, reason: expect.stringContaining('high is 0') },
        { row: 3, reason: expect.stringContaining('closed on 2014-04-05') },
      ],
    })
    expect(file('20140609_trade.zip')).toMatchObject({
      rows: 3,
      inserted: 2,
      rejected: [{ row: 1, reason: expect.stringContaining('absurd range') }],
    })
    expect(file('20140609_quote.zip')).toMatchObject({ rows: 2, unsupported: 2, inserted: 0 })
    expect(file('factor_files/renu.csv')).toMatchObject({ inserted: 2, unsupported: 2 })
    expect(report.ignored).toEqual(['README.md'])
    for (const f of report.files) {
      expect(f.inserted + f.updated + f.duplicate + f.unsupported + f.rejected.length, f.file).toBe(f.rows)
    }
  })

  it('gives each bearer of a reused ticker its own rows, and the renamed one its whole past', async () => {
    const renamed = (await readInstrument(database.db, 'RENU'))!
    expect(renamed.key).toBe('equity:US:RENU')
    expect(await readSymbols(database.db, renamed.id)).toEqual([
      { symbol: 'OLDN', validFrom: '2010-01-04', validTo: '2014-04-02' },
      { symbol: 'RENU', validFrom: '2014-04-03', validTo: null },
    ])
    const days = (await series('equity:US:RENU', '1d'))!
    expect(days).toMatchObject({ source: 'import:lean', basis: 'raw' })
    expect(days.bars.slice(0, 2)).toMatchObject([
      { ts: DAY('2012-01-03'), open: 50, high: 51, low: 49, close: 50.5, volume: 7 },
      { ts: DAY('2014-04-03'), open: 50.5, close: 51, volume: 100 },
    ])
    const earlier = (await series('equity:US:OLDN@2001-01-02', '1d'))!
    expect(earlier.bars.map((b) => b.ts)).toEqual([DAY('2001-01-02'), DAY('2001-01-03')])
  })

  it('keeps minutes in New York time, and rolls days up from them where there is no settled day', async () => {
    const minutes = (await series('equity:US:RENU', '1m'))!
    expect(minutes.bars).toMatchObject([
      { ts: DAY('2014-06-09') + 13.5 * HOUR_US, open: 92.42, close: 92.45 },
      { open: 92.45, high: 92.55, close: 92.5, volume: 20 },
    ])
    const days = (await series('equity:US:RENU', '1d'))!
    expect(days.bars.at(-1)).toMatchObject({ ts: DAY('2014-06-09'), open: 92.42, close: 92.5, volume: 30 })
  })

  it('derives splits and dividends', async () => {
    const { id } = (await readInstrument(database.db, 'RENU'))!
    const actions = await readCorporateActions(database.db, id)
    expect(actions).toContainEqual(
      expect.objectContaining({ kind: 'split', exDate: '2014-06-09', ratio: 4, source: 'import:lean' }),
    )
    expect(actions).toContainEqual(
      expect.objectContaining({ kind: 'dividend', exDate: '2015-08-07', amount: 1, currency: 'USD' }),
    )
  })

  it('stores crypto plain', async () => {
    expect((await series('crypto:BTC-USD', '1d', { assetClass: 'crypto' }))!.bars).toMatchObject([
      { ts: DAY('2017-04-14'), open: 1170.5, close: 1173.13, volume: 0.05655554 },
    ])
  })

  it('adds nothing the second time', async () => {
    await using folder = await makeFolder(LEAN)
    const { totals, files } = await run(folder.path)
    expect(totals).toMatchObject({ inserted: 0, updated: 0 })
    expect(totals.duplicate).toBeGreaterThan(9)
    expect(files.flatMap((f) => f.notes).filter((n) => n.includes('minted'))).toEqual([])
  })
})

describe('a CSV', () => {
  const header = 'Date,Open,High,Low,Close,Adj Close,Volume\n'

  it('is labelled with its basis', async () => {
    await using folder = await makeFolder({
      'x-CSVA-1d.csv': `${header}2013-05-13,64.501427,65.414284,64.5,64.96286,50.961628,79237200\n`,
    })
    const { files } = await run(folder.path)
    expect(files[0]).toMatchObject({ rows: 1, inserted: 1, basis: 'split' })
    expect(await series('CSVA', '1d')).toMatchObject({
      source: 'import:csv',
      basis: 'split',
      bars: [{ close: 64.96286, volume: 79237200 }],
    })
  })

  it('obeys --basis and --symbol', async () => {
    await using folder = await makeFolder({ 'export.csv': `${header}2013-05-13,1,1,1,1,1,1\n` })
    const symbol = { ref: { assetClass: 'equity', symbol: 'CSVB' } } as const
    const { files } = await run(folder.at('export.csv'), { basis: 'total', symbol })
    expect(files[0]).toMatchObject({ inserted: 1, basis: 'total', error: null })
    expect((await run(folder.path)).files[0]!.error).toContain('--symbol')
    await folder.write({ 'second.csv': header })
    await expect(run(folder.path, { symbol })).rejects.toThrow('one CSV')
  })

  it('rejects nonsense row by row, with the line and the reason', async () => {
    const rows = [
      '2015-01-02,10,11,9,10,10,100',
      '2015-02-30,10,11,9,10,10,100',
      '2015-01-05,ten,11,9,10,10,100',
      '2015-01-06,10,9,11,10,10,100',
      '2015-01-07,1e15,1e15,1e15,1e15,1e15,100',
      '2015-01-02,10,11,9,10,10,100',
      '2015-01-02,10,11,9,10.5,10,100',
      '2015-01-04,10,11,9,10,10,100',
      '2024-06-04,10,11,9,10,10,100',
      '1815-06-18,10,11,9,10,10,100',
      '2015-01-08,-1,11,-2,10,10,100',
    ]
    await using folder = await makeFolder({ 'CSVC-1d.csv': header + rows.join('\n') })
    const [file] = (await run(folder.path)).files
    expect(file).toMatchObject({ rows: 11, inserted: 1, duplicate: 1 })
    expect(file!.rejected.map((r) => r.row)).toEqual([3, 4, 5, 6, 8, 9, 10, 11, 12])
    const reasons = [
      'no date',
      'not a number',
      'high lies below',
      'no believable price',
      'line 2 has the same time',
      'closed on',
      'future',
      'older',
      'not a price',
    ]
    for (const [i, r] of file!.rejected.entries()) expect(r.reason).toContain(reasons[i])
  })

  it('that is no CSV of prices is one line, and harms nothing', async () => {
    await using folder = await makeFolder({
      'NOISE-1d.csv': Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) % 256)),
      'COLS-1d.csv': 'name,colour\nrose,red\n',
      'equity/usa/daily/bad.zip': Buffer.from('PK, but no'),
    })
    const { files, totals } = await run(folder.path)
    expect(totals).toMatchObject({ inserted: 0, unreadable: 3 })
    for (const f of files) expect(f.error, f.file).toMatch(/^[^\n]+$/)
    expect(await readInstrument(database.db, 'NOISE')).toBeNull()
    expect(await readInstrument(database.db, 'COLS')).toBeNull()
  })

  it('of a market outside the US has no home yet', async () => {
    await using folder = await makeFolder({
      'AET-L-1d-100x-error.csv': `${header}2022-06-06 00:00:00+01:00,1,1,1,1,1,0\n`,
    })
    expect((await run(folder.path)).files[0]).toMatchObject({ rows: 1, unsupported: 1, error: null })
  })
})

describe('a path', () => {
  it('must exist and hold something', async () => {
    await using folder = await makeFolder({ 'note.md': '' })
    await expect(run(folder.at('nothing'))).rejects.toThrow('There is no file or folder')
    await expect(run(folder.path)).rejects.toThrow('nothing to import')
  })

  it('is never imported into demo', async () => {
    const deps = { db: database.db, mode: 'demo', marketNow: () => NOW } as const
    const request = { path: '.', basis: null, symbol: null, signal: AbortSignal.timeout(1000) }
    await expect(runImport(deps, request)).rejects.toThrow('--live')
  })
})
