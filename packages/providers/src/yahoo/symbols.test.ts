import type { SymbolRef } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import { refFromYahoo, yahooFromRef } from './symbols.ts'

describe('symbols', () => {
  const pairs: [string, string, SymbolRef['assetClass'], string][] = [
    ['AAPL', 'EQUITY', 'equity', 'AAPL'],
    ['BRK-B', 'EQUITY', 'equity', 'BRK.B'],
    ['MKC-V', 'EQUITY', 'equity', 'MKC.V'],
    ['BAC-PL', 'EQUITY', 'equity', 'BAC.PRL'],
    ['ACHR-WT', 'EQUITY', 'equity', 'ACHR.WS'],
    ['XYZ-UN', 'EQUITY', 'equity', 'XYZ.U'],
    ['OCDO.L', 'EQUITY', 'equity', 'OCDO.L'],
    ['7203.T', 'EQUITY', 'equity', '7203.T'],
    ['AZT.OL', 'EQUITY', 'equity', 'AZT.OL'],
    ['QQQ', 'ETF', 'equity', 'QQQ'],
    ['BTC-USD', 'CRYPTOCURRENCY', 'crypto', 'BTC-USD'],
    ['EURUSD=X', 'CURRENCY', 'fx', 'EUR-USD'],
    ['JPY=X', 'CURRENCY', 'fx', 'USD-JPY'],
    ['^GSPC', 'INDEX', 'index', 'SPX'],
    ['^VIX', 'INDEX', 'index', 'VIX'],
  ]
  for (const [vendor, type, assetClass, symbol] of pairs) {
    it(`${vendor} is ${assetClass} ${symbol}, both ways`, () => {
      expect(refFromYahoo(vendor, type)).toEqual({ assetClass, symbol })
      expect(yahooFromRef({ assetClass, symbol })).toBe(vendor)
    })
  }

  it('futures have no asset class here', () => {
    expect(refFromYahoo('GC=F', 'FUTURE')).toBeNull()
  })
})
