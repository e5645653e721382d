import { describe, expect, it } from 'vitest'
import { buildUniverse } from './universe.ts'

const universe = buildUniverse(1)

describe('the universe', () => {
  it('holds the known names first and well over 8,000 US symbols', () => {
    expect(universe.equities.length).toBeGreaterThan(8_000)
    for (const symbol of ['AAPL', 'MSFT', 'NVDA', 'SPY', 'QQQ', 'IBM', 'GOOGL', 'BRK.B']) {
      expect([symbol, universe.bySymbol.get(symbol)?.index ?? 9_999]).toEqual([symbol, expect.any(Number)])
      expect(universe.bySymbol.get(symbol)!.index).toBeLessThan(250)
    }
    expect(universe.crypto.map((l) => l.symbol)).toContain('BTC-USD')
    expect(universe.crypto).toHaveLength(12)
  })

  it('gives each symbol once, written as an exchange would', () => {
    const symbols = [...universe.equities, ...universe.crypto].map((l) => l.symbol)
    expect(new Set(symbols).size).toBe(symbols.length)
    expect(universe.equities.filter((l) => !/^[A-Z]{1,5}(\.[A-Z])?$/.test(l.symbol))).toEqual([])
    expect(universe.equities.filter((l) => l.type === 'ETF').length).toBeGreaterThan(1_500)
  })

  it('has sane numbers throughout', () => {
    for (const l of universe.bySymbol.values()) {
      expect(l.price, l.symbol).toBeGreaterThan(0.1)
      expect(l.volume, l.symbol).toBeGreaterThan(0)
      expect(l.volatility > 0.001 && l.volatility < 0.2, `${l.symbol} ${l.volatility}`).toBe(true)
      expect(l.listed, l.symbol).toMatch(/^20[0-2]\d-\d{2}-\d{2}$/)
      for (const s of l.splits) expect(s.from !== s.to && s.from > 0 && s.to > 0, l.symbol).toBe(true)
    }
  })

  it('is the same for the same seed, and another for another', () => {
    expect(buildUniverse(1)).toEqual(universe)
    const other = buildUniverse(2)
    expect(other.equities[4_000]!.symbol).not.toBe(universe.equities[4_000]!.symbol)
    expect(other.equities[0]!.key).not.toBe(universe.equities[0]!.key)
  })
})
