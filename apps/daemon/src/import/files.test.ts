import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { csvRecords } from './csv-records.ts'
import { makeFolder } from './fixtures/folder.ts'
import { makeZip } from './fixtures/zip.ts'
import { walkFiles } from './walk-files.ts'
import { zipLines } from './zip-lines.ts'

async function all<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const row of rows) found.push(row)
  return found
}

describe('csvRecords', () => {
  const text = '\uFEFFDate,Open\r\n2024-01-02,"1,234"\r\n\r\n2024-01-03,2\r\n'
  const expected = [
    { line: 1, cells: ['Date', 'Open'] },
    { line: 2, cells: ['2024-01-02', '1,234'] },
    { line: 4, cells: ['2024-01-03', '2'] },
  ]

  it('reads plain and gzipped text alike, with line numbers', async () => {
    await using folder = await makeFolder({ 'a.csv': text, 'a.csv.gz': gzipSync(text) })
    expect(await all(csvRecords(folder.at('a.csv')))).toEqual(expected)
    expect(await all(csvRecords(folder.at('a.csv.gz')))).toEqual(expected)
  })

  it('finds the separator', async () => {
    await using folder = await makeFolder({
      'a.csv': 'Date;Open;Close\n2024-01-02;1;2\n',
      'b.txt': 'Date\tOpen\n2024-01-02\t1\n',
    })
    expect((await all(csvRecords(folder.at('a.csv'))))[1]?.cells).toEqual(['2024-01-02', '1', '2'])
    expect((await all(csvRecords(folder.at('b.txt'))))[1]?.cells).toEqual(['2024-01-02', '1'])
  })

  it('says in one line what is no CSV', async () => {
    const long = `Date,Open\n${'x'.repeat(200_000)}`
    await using folder = await makeFolder({
      'empty.csv': '',
      'binary.csv': Buffer.from([1, 0, 2, 0]),
      'cut.csv.gz': gzipSync(text.repeat(50)).subarray(0, 60),
      'long.csv': long,
    })
    const reason = (name: string) =>
      all(csvRecords(folder.at(name))).then(
        () => 'fine',
        (e: Error) => e.message,
      )
    expect(await reason('empty.csv')).toBe('the file is empty')
    expect(await reason('binary.csv')).toBe('the file is binary, not a CSV')
    expect(await reason('cut.csv.gz')).toBe('the gzip data are damaged or cut short')
    expect(await reason('long.csv')).toBe('a line is far too long for a row of prices')
  })

  it('may be left before its end', async () => {
    await using folder = await makeFolder({ 'a.csv': `Date,Open\n${'2024-01-02,1\n'.repeat(50_000)}` })
    const records = csvRecords(folder.at('a.csv'))
    expect((await records.next()).value?.line).toBe(1)
    await records.return(undefined)
    expect((await records.next()).done).toBe(true)
  })
})

describe('zipLines', () => {
  it('reads every CSV of an archive', async () => {
    await using folder = await makeFolder({
      'a.zip': makeZip({ 'one.csv': 'a\nb\n\nc', 'note.md': 'no', 'two.csv': 'd\r\n' }),
    })
    expect(await all(zipLines(folder.at('a.zip')))).toEqual([
      { entry: 'one.csv', number: 1, text: 'a' },
      { entry: 'one.csv', number: 2, text: 'b' },
      { entry: 'one.csv', number: 4, text: 'c' },
      { entry: 'two.csv', number: 1, text: 'd' },
    ])
  })

  it('throws on damage, on an archive without CSV, and on what is no archive', async () => {
    const zip = makeZip({ 'one.csv': 'a,b,c,d,e,f\n'.repeat(500) })
    const damaged = Buffer.from(zip)
    damaged.fill(0xff, 45, 60)
    await using folder = await makeFolder({
      'damaged.zip': damaged,
      'cut.zip': zip.subarray(0, 50),
      'text.zip': 'hello',
      'other.zip': makeZip({ 'note.md': 'no' }),
    })
    for (const name of ['damaged.zip', 'cut.zip', 'text.zip', 'other.zip']) {
      await expect(all(zipLines(folder.at(name))), name).rejects.toThrow()
    }
  })
})

describe('walkFiles', () => {
  it('takes names first, then actions, then prices from long to short, then CSV', async () => {
    await using folder = await makeFolder({
      'README.md': '',
      'b.csv': '',
      'usa.zip': '',
      '.hidden.csv': '',
      'equity/usa/minute/aapl/20140609_trade.zip': '',
      'equity/usa/daily/aapl.zip': '',
      'equity/usa/hour/aapl.zip': '',
      'equity/usa/factor_files/aapl.csv': '',
      'equity/usa/map_files/aapl.csv': '',
    })
    const files = await walkFiles(folder.path)
    expect(files.map((f) => f.name)).toEqual([
      'equity/usa/map_files/aapl.csv',
      'equity/usa/factor_files/aapl.csv',
      'equity/usa/daily/aapl.zip',
      'equity/usa/hour/aapl.zip',
      'equity/usa/minute/aapl/20140609_trade.zip',
      'README.md',
      'b.csv',
      'usa.zip',
    ])
    expect(files.find((f) => f.name === 'README.md')?.kind).toEqual({ ignored: true })
    expect(files.find((f) => f.name === 'usa.zip')?.kind).toHaveProperty('unknown')
  })

  it('takes a single file as it is named', async () => {
    await using folder = await makeFolder({ 'AAPL.data': 'x' })
    expect(await walkFiles(folder.at('AAPL.data'))).toMatchObject([
      { name: 'AAPL.data', kind: { csv: true } },
    ])
    await expect(walkFiles(folder.at('nothing'))).rejects.toThrow('ENOENT')
  })
})
