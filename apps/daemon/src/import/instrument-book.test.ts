import { mintInstruments, readInstruments, readSymbols, symbolResolver } from '@onetape/db'
import { type TestDatabase, testDatabase } from '@onetape/db/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openInstrumentBook } from './instrument-book.ts'
import { parseMapFile } from './lean-map.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase({ mode: 'live' })
})
afterAll(() => database.drop())

const equity = (symbol: string) => ({ assetClass: 'equity', symbol }) as const

it('a past name that another bears today is divided between them', async () => {
  const { db } = database
  const [goog] = await mintInstruments(db, [{ ref: equity('GOOG') }, { ref: equity('GOOGL') }])
  const book = await openInstrumentBook(db)
  const history = parseMapFile('20040819,goog,Q\n20140402,goog,Q\n20501231,googl,Q')
  expect(await book.applyNames(history)).toMatchObject({
    inserted: 2,
    duplicate: 0,
    instrument: { key: 'equity:US:GOOGL' },
  })
  expect(await book.applyNames(history)).toMatchObject({ inserted: 0, duplicate: 2 })
  expect(await readSymbols(db, goog!.id)).toEqual([
    { symbol: 'GOOG', validFrom: '2014-04-03', validTo: null },
  ])
  const keyOn = async (date: string) => (await book.bearer(equity('GOOG'), date)).instrument.key
  expect(await keyOn('2010-01-04')).toBe('equity:US:GOOGL')
  expect(await keyOn('2014-04-03')).toBe('equity:US:GOOG')
  expect(book.current(equity('GOOG'))?.key).toBe('equity:US:GOOG')
})

it('a reused ticker names its bearers by their first day, once', async () => {
  const { db } = database
  const book = await openInstrumentBook(db)
  await book.applyNames(parseMapFile('20120518,fb,Q\n20501231,fb,Q'))
  const first = await book.bearer(equity('FB'), '1999-09-29')
  expect(first).toMatchObject({
    instrument: { key: 'equity:US:FB@1999-09-29' },
    minted: expect.stringContaining('to 2012-05-17'),
  })
  expect(await book.bearer(equity('FB'), '2005-01-03')).toEqual({
    instrument: first.instrument,
    minted: null,
  })
  expect((await book.bearer(equity('FB'), '2012-05-18')).instrument.key).toBe('equity:US:FB')
  const again = await openInstrumentBook(db)
  expect(await again.bearer(equity('FB'), '1999-09-29')).toMatchObject({ minted: null })
  expect((await readInstruments(db)).filter((i) => i.symbol === 'FB')).toHaveLength(2)
  expect((await symbolResolver(db)).resolve(equity('FB'), '2024-01-02')?.key).toBe('equity:US:FB')
})

it('whoever takes a name that was given up is another instrument', async () => {
  const book = await openInstrumentBook(database.db)
  await book.applyNames(parseMapFile('19990104,gone,N\n20050630,gone,N'))
  expect((await book.bearer(equity('GONE'), '2001-01-02')).instrument.key).toBe('equity:US:GONE')
  expect((await book.bearer(equity('GONE'), '2010-03-01')).instrument.key).toBe('equity:US:GONE@2010-03-01')
  expect(await book.bearer(equity('GONE'), '2011-03-01')).toMatchObject({
    minted: null,
    instrument: { key: 'equity:US:GONE@2010-03-01' },
  })
})
