import { describe, expect, it } from 'vitest'
import { ohlcvFault } from './bar.ts'

const good = { open: 10, high: 12, low: 9, close: 11, volume: 100 }

describe('ohlcvFault', () => {
  it('lets a bar pass, flat and without volume too', () => {
    expect(ohlcvFault(good)).toBeNull()
    expect(ohlcvFault({ open: 1, high: 1, low: 1, close: 1, volume: null })).toBeNull()
    expect(ohlcvFault({ ...good, volume: 0 })).toBeNull()
  })

  it.each([
    [{ open: 0 }, 'open is 0, not a price'],
    [{ close: -1 }, 'close is -1, not a price'],
    [{ low: Number.NaN }, 'low is not a number'],
    [{ high: Number.POSITIVE_INFINITY }, 'high is not a number'],
    [{ high: 10.5 }, 'high lies below open, close or low'],
    [{ low: 10.5 }, 'low lies above open or close'],
    [{ volume: -1 }, 'volume is -1'],
    [{ volume: Number.NaN }, 'volume is NaN'],
  ])('names the fault of %o', (change, fault) => {
    expect(ohlcvFault({ ...good, ...change })).toBe(fault)
  })
})
