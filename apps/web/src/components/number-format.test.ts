import { describe, expect, it } from 'vitest'
import {
  formatBytes,
  formatChange,
  formatPercent,
  formatPrice,
  formatSize,
  formatVolume,
  pricePlaces,
} from './number-format.ts'

describe('prices', () => {
  it.each([
    [271.2, 'equity', '271.20'],
    [1, 'equity', '1.00'],
    [0.3456, 'equity', '0.3456'],
    [498_231, 'equity', '498,231.00'],
    [98_231.12, 'crypto', '98,231.12'],
    [3.5, 'crypto', '3.500'],
    [0.1643, 'crypto', '0.16430'],
    [0.00000912, 'crypto', '0.000009120'],
    [1.08541, 'fx', '1.08541'],
    [151.234, 'fx', '151.234'],
  ] as const)('%d of %s reads %s', (price, assetClass, text) => {
    expect(formatPrice(price, pricePlaces(price, assetClass))).toBe(text)
  })

  it('an unknown price is no zero', () => {
    expect(formatPrice(null, 2)).toBe('–')
    expect(formatPrice(0, 2)).toBe('0.00')
  })
})

describe('changes', () => {
  it('always carry their sign', () => {
    expect(formatChange(1.234, 2)).toBe('+1.23')
    expect(formatChange(-1.239, 2)).toBe('−1.24')
    expect(formatPercent(-0.5)).toBe('−0.50%')
    expect(formatPercent(1234.5)).toBe('+1,234.50%')
  })

  it('one that rounds to nothing has none', () => {
    expect(formatChange(-0.001, 2)).toBe('0.00')
    expect(formatPercent(0)).toBe('0.00%')
  })
})

describe('volumes', () => {
  it.each([
    [null, '–'],
    [0, '0'],
    [0.51234, '0.5123'],
    [999, '999'],
    [1_000, '1.00K'],
    [12_345_678, '12.35M'],
    [4_200_000_000, '4.20B'],
  ])('%s reads %s', (volume, text) => expect(formatVolume(volume)).toBe(text))

  it('sizes stay exact', () => {
    expect(formatSize(12_300)).toBe('12,300')
    expect(formatSize(0.25)).toBe('0.25')
  })
})

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_240, '1.24 kB'],
  [48_100_000, '48.1 MB'],
  [312_000_000_000, '312 GB'],
])('bytes %d are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text))
