import { describe, expect, it } from 'vitest'
import { momentCell, numberCell } from './csv-cell.ts'
import { readHeader } from './csv-columns.ts'
import { parseCsvRow } from './csv-row.ts'
import { timeframeOf } from './csv-series.ts'
import { readFileName, readSymbol } from './file-name.ts'

describe('readFileName', () => {
  it('finds symbol and timeframe', () => {
    const read = (name: string) => readFileName(name)
    expect(read('observable-AAPL-1d-2013_2018.csv')).toEqual({
      symbol: { ref: { assetClass: 'equity', symbol: 'AAPL' } },
      timeframe: '1d',
    })
    expect(read('CALM-1d-no-bad-divs.csv.gz').symbol).toEqual({
      ref: { assetClass: 'equity', symbol: 'CALM' },
    })
    expect(read('BRK-B-1d.csv').symbol).toEqual({ ref: { assetClass: 'equity', symbol: 'BRK.B' } })
    expect(read('BTC-USD-1h.csv')).toEqual({
      symbol: { ref: { assetClass: 'crypto', symbol: 'BTC-USD' } },
      timeframe: '1h',
    })
    expect(read('aapl.csv').symbol).toEqual({ ref: { assetClass: 'equity', symbol: 'AAPL' } })
    expect(read('AET-L-1d-100x-error.csv.gz').symbol).toEqual({ foreign: 'AET.L' })
    expect(read('8TRA-DE-1d.csv.gz').symbol).toEqual({ foreign: '8TRA.DE' })
    expect(read('my-export.csv').symbol).toBeNull()
  })

  it('reads symbols as people write them', () => {
    expect(readSymbol('brk/b')).toEqual({ ref: { assetClass: 'equity', symbol: 'BRK.B' } })
    expect(readSymbol('eur-usd')).toEqual({ ref: { assetClass: 'fx', symbol: 'EUR-USD' } })
    expect(readSymbol('no such thing')).toBeNull()
    expect(readSymbol('')).toBeNull()
  })
})

describe('readHeader', () => {
  it('knows the usual titles and the convention they betray', () => {
    expect(readHeader(['Date', 'Open', 'High', 'Low', 'Close', 'Adj Close', 'Volume'])).toMatchObject({
      when: 0,
      open: 1,
      close: 4,
      volume: 6,
      basis: { basis: 'split' },
    })
    expect(readHeader(['timestamp', 'close/last', 'VOL.', 'o', 'h', 'l'])).toMatchObject({
      close: 1,
      volume: 2,
      basis: null,
    })
    expect(
      readHeader(['Date', 'Open', 'High', 'Low', 'Close', 'Volume', 'Dividends', 'Stock Splits']).basis
        ?.basis,
    ).toBe('total')
  })

  it('names what is missing', () => {
    expect(() => readHeader(['Date', 'Open', 'Close'])).toThrow('no column for high, low')
  })
})

describe('cells', () => {
  it('numbers', () => {
    expect(['1,234.5', '$12.30', '-', '', 'null', '1e3', '.5'].map(numberCell)).toEqual([
      1234.5,
      12.3,
      null,
      null,
      null,
      1000,
      0.5,
    ])
    expect(['abc', '1.2.3', '0x10', 'Infinity'].map(numberCell)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ])
  })

  it('moments keep the date of their own zone', () => {
    const ny = momentCell('2022-01-03 00:00:00-05:00', 'equity')!
    expect(ny.date).toBe('2022-01-03')
    expect(new Date(ny.ts / 1000).toISOString()).toBe('2022-01-03T05:00:00.000Z')
    expect(momentCell('2024-07-01 09:30', 'equity')!.ts).toBe(Date.UTC(2024, 6, 1, 13, 30) * 1000)
    expect(momentCell('2024-07-01 09:30', 'crypto')!.ts).toBe(Date.UTC(2024, 6, 1, 9, 30) * 1000)
    expect(momentCell('7/1/2024', 'equity')!.date).toBe('2024-07-01')
    expect(momentCell('1719840600', 'equity')!.ts).toBe(1_719_840_600_000_000)
    expect(momentCell('1719840600000', 'equity')!.ts).toBe(1_719_840_600_000_000)
  })

  it('days that do not exist are no moments', () => {
    for (const text of [
      '2015-02-30',
      '2015-13-01',
      '13/13/2015',
      '2015-01-01 25:00',
      'yesterday',
      '',
      '2015',
    ]) {
      expect(momentCell(text, 'equity'), text).toBeNull()
    }
  })
})

describe('timeframeOf', () => {
  const moments = (...texts: string[]) => texts.map((t) => momentCell(t, 'crypto')!)
  it('tells days from minutes, weeks and months', () => {
    expect(timeframeOf(moments('2024-01-02', '2024-01-05', '2024-01-04'))).toBe('1d')
    expect(timeframeOf(moments('2024-01-02 09:30', '2024-01-02 09:31', '2024-01-02 09:40'))).toBe('1m')
    expect(timeframeOf(moments('2024-01-01 00:00', '2024-01-01 01:00'))).toBe('1h')
    expect(timeframeOf(moments('2024-01-02', '2024-01-09', '2024-01-16', '2024-01-23'))).toBe('1w')
    expect(timeframeOf(moments('2024-01-01', '2024-02-01', '2024-03-01', '2024-04-01'))).toBe('1mo')
    expect(() => timeframeOf(moments('2024-01-01 00:00:00', '2024-01-01 00:07:00'))).toThrow('spacing')
  })
})

describe('parseCsvRow', () => {
  const columns = readHeader(['Date', 'Open', 'High', 'Low', 'Close', 'Volume'])
  const parse = (line: string) =>
    parseCsvRow(line.split(','), { columns, assetClass: 'equity', timeframe: '1d' })
  it('reads a row, volume may be absent', () => {
    expect(parse('2024-01-02,1,3,0.5,2,')).toEqual({
      row: {
        timeframe: '1d',
        ts: Date.UTC(2024, 0, 2) * 1000,
        sessionDate: '2024-01-02',
        open: 1,
        high: 3,
        low: 0.5,
        close: 2,
        volume: null,
      },
    })
  })
  it('finds the session date of a minute at the venue', () => {
    const minute = (when: string) =>
      parseCsvRow([when, '1', '3', '0.5', '2', '7'], { columns, assetClass: 'equity', timeframe: '1m' })
    expect(minute('2024-06-29T00:30:00Z')).toMatchObject({ row: { sessionDate: '2024-06-28' } })
    expect(minute('2024-06-28 09:30')).toMatchObject({
      row: { sessionDate: '2024-06-28', ts: Date.UTC(2024, 5, 28, 13, 30) * 1000 },
    })
  })
  it('says why not', () => {
    expect(parse('2024-02-30,1,3,0.5,2,7')).toEqual({ fault: '"2024-02-30" is no date' })
    expect(parse('2024-01-02,1,x,0.5,2,7')).toEqual({ fault: 'high "x" is not a number' })
    expect(parse('2024-01-02,1')).toEqual({ fault: 'high is empty' })
    expect(parse('2024-01-02,1,3,0.5,2,many')).toEqual({ fault: 'volume "many" is not a number' })
  })
})
