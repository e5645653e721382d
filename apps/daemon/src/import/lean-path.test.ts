import { describe, expect, it } from 'vitest'
import { isoDate, readLeanPath } from './lean-path.ts'

const read = (path: string) => readLeanPath(path.split('/'))

describe('readLeanPath', () => {
  it('reads both layouts of the folder', () => {
    const aapl = { what: 'trade', security: 'equity', resolution: 'daily', symbol: 'AAPL', date: null }
    expect(read('data/equity/usa/daily/aapl.zip')).toEqual(aapl)
    expect(read('lean/equity-usa/daily/aapl.zip')).toEqual(aapl)
    expect(read('lean/equity-usa/daily/brk.b.zip')).toMatchObject({ symbol: 'BRK.B' })
  })

  it('takes the date of a minute file from its name and the ticker from its folder', () => {
    expect(read('equity-usa/minute/aapl/20140609_trade.zip')).toEqual({
      what: 'trade',
      security: 'equity',
      resolution: 'minute',
      symbol: 'AAPL',
      date: '2014-06-09',
    })
    expect(read('equity-usa/minute/aapl/20140609_quote.zip')).toMatchObject({ what: 'quote' })
    expect(read('equity-usa/minute/aapl/20140231_trade.zip')).toBeNull()
    expect(read('equity-usa/minute/20140609_trade.zip')).toBeNull()
  })

  it('writes crypto and forex as pairs', () => {
    expect(read('crypto-coinbase/daily/btcusd_trade.zip')).toMatchObject({
      security: 'crypto',
      symbol: 'BTC-USD',
    })
    expect(read('crypto/coinbase/minute/ethusdc/20240102_trade.zip')).toMatchObject({ symbol: 'ETH-USDC' })
    expect(read('forex-oanda/daily/eurusd.zip')).toMatchObject({
      what: 'quote',
      security: 'fx',
      symbol: 'EUR-USD',
    })
  })

  it('knows map and factor files, and what is no file of LEAN', () => {
    expect(read('equity-usa/map_files/googl.csv')).toEqual({ what: 'map', ticker: 'GOOGL' })
    expect(read('equity-usa/factor_files/aapl.csv')).toEqual({ what: 'factor', ticker: 'AAPL' })
    expect(read('csv/AAPL.csv')).toBeNull()
    expect(read('downloads/aapl.zip')).toBeNull()
  })
})

it('isoDate refuses days that do not exist', () => {
  expect(isoDate('20240229')).toBe('2024-02-29')
  expect(isoDate('20230229')).toBeNull()
})
