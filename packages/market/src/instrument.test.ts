import { describe, expect, it } from 'vitest'
import { instrumentKey, instrumentKeySchema, isInstrumentKey, parseInstrumentKey } from './instrument.ts'

describe('instrument keys', () => {
  it('are minted from a symbol and read back', () => {
    const refs = [
      ['equity', 'AAPL', 'equity:US:AAPL'],
      ['equity', 'BRK.B', 'equity:US:BRK.B'],
      ['crypto', 'BTC-USD', 'crypto:BTC-USD'],
      ['crypto', 'T-USD', 'crypto:T-USD'],
      ['fx', 'EUR-USD', 'fx:EUR-USD'],
      ['index', 'SPX', 'index:US:SPX'],
      ['option', 'AAPL:2024-05-17:P:190', 'option:US:AAPL:2024-05-17:P:190'],
    ] as const
    for (const [assetClass, symbol, key] of refs) {
      expect(instrumentKey({ assetClass, symbol })).toBe(key)
      expect(parseInstrumentKey(key)).toEqual({ assetClass, symbol })
    }
  })

  it('carry the listing date of a reused ticker, which is not part of the symbol', () => {
    const key = instrumentKey({ assetClass: 'equity', symbol: 'FB' }, '1999-09-29')
    expect(key).toBe('equity:US:FB@1999-09-29')
    expect(parseInstrumentKey(key)).toEqual({ assetClass: 'equity', symbol: 'FB' })
  })

  it('are refused when they are none', () => {
    const texts = [
      '',
      'AAPL',
      'equity:AAPL',
      'equity:US:',
      'equity:US:aapl',
      'crypto:BTCUSD',
      'crypto:US:BTC-USD',
      'bond:US:T',
      'option:US:AAPL:2024-05-17:X:190',
      'equity:US:AAPL@soon',
      'equity:US:AAPL extra',
    ]
    for (const text of texts)
      expect([text, isInstrumentKey(text), parseInstrumentKey(text)]).toEqual([text, false, null])
    expect(instrumentKeySchema.safeParse('AAPL').error!.issues[0]!.message).toContain('equity:US:AAPL')
  })
})
