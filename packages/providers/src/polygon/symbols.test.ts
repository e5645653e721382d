import { instrumentKey, isInstrumentKey, type SymbolRef } from '@onetape/market'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { refFromTicker, tickerFromRef } from './symbols.ts'

describe('tickers and symbols', () => {
  const pairs: [string, SymbolRef['assetClass'], string][] = [
    ['AAPL', 'equity', 'AAPL'],
    ['BRK.B', 'equity', 'BRK.B'],
    ['BACpL', 'equity', 'BAC.PRL'],
    ['ABCp', 'equity', 'ABC.PR'],
    ['KHCw', 'equity', 'KHC.WI'],
    ['XYZr', 'equity', 'XYZ.RT'],
    ['XYZrw', 'equity', 'XYZ.RTWI'],
    ['ACHR.WS', 'equity', 'ACHR.WS'],
    ['X:BTCUSD', 'crypto', 'BTC-USD'],
    ['X:BTCUSDT', 'crypto', 'BTC-USDT'],
    ['X:ETHBTC', 'crypto', 'ETH-BTC'],
    ['C:EURUSD', 'fx', 'EUR-USD'],
    ['I:SPX', 'index', 'SPX'],
    ['O:AAPL240517P00190000', 'option', 'AAPL:2024-05-17:P:190'],
    ['O:F240517C00012500', 'option', 'F:2024-05-17:C:12.5'],
  ]
  for (const [ticker, assetClass, symbol] of pairs) {
    it(`${ticker} is ${assetClass} ${symbol}, both ways, and mints a key`, () => {
      expect(refFromTicker(ticker)).toEqual({ assetClass, symbol })
      expect(tickerFromRef({ assetClass, symbol })).toBe(ticker)
      expect(isInstrumentKey(instrumentKey({ assetClass, symbol }))).toBe(true)
    })
  }

  it('what the house cannot name has no symbol', () => {
    for (const ticker of ['X:USD', 'X:FOOBAR', 'C:EUR', 'O:nonsense', 'Z:ABC', 'lower', '']) {
      expect(refFromTicker(ticker)).toBeNull()
    }
    expect(tickerFromRef({ assetClass: 'option', symbol: 'AAPL' })).toBeNull()
  })

  it('every named ticker comes back as itself', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Z]{1,5}(\.[A-Z]|p[A-Z]?|w|r|rw)?$/), (ticker) => {
        const ref = refFromTicker(ticker)
        expect(ref && tickerFromRef(ref)).toBe(ticker)
      }),
    )
  })
})
