import { instrumentKey, isInstrumentKey } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import { CORE_LIST } from './core-list.ts'

describe('the shipped core list', () => {
  it('holds about a hundred equities and a dozen pairs of either kind and the indices, each once, each with a name and a valid key', () => {
    const keys = CORE_LIST.map((info) => instrumentKey(info))
    expect(new Set(keys).size).toBe(keys.length)
    expect(keys.filter((key) => !isInstrumentKey(key))).toEqual([])
    expect(CORE_LIST.filter((info) => !info.name || info.name.length < 2)).toEqual([])
    expect(CORE_LIST.filter((i) => i.assetClass === 'crypto')).toHaveLength(12)
    expect(CORE_LIST.filter((i) => i.assetClass === 'fx')).toHaveLength(12)
    expect(CORE_LIST.filter((i) => i.assetClass === 'index')).toHaveLength(4)
    const equities = CORE_LIST.filter((i) => i.assetClass === 'equity').length
    expect(equities).toBeGreaterThanOrEqual(95)
    expect(equities).toBeLessThanOrEqual(110)
    const rate = CORE_LIST.find((i) => i.symbol === 'USD-JPY')
    expect(rate).toMatchObject({ name: 'US dollar / Japanese yen', currency: 'JPY' })
  })
})
