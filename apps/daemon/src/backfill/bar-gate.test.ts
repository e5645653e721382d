import { DAY_US, MINUTE_US } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import { type BarContext, barFault } from './bar-gate.ts'

const now = Date.UTC(2024, 0, 10) * 1000
const context = (over: Partial<BarContext> = {}): BarContext => ({
  assetClass: 'equity',
  timeframe: '1m',
  ts: now - MINUTE_US,
  marketNow: now,
  previousClose: null,
  ...over,
})
const bar = (open: number, high: number, low: number, close: number, volume: number | null = 100) => ({
  open,
  high,
  low,
  close,
  volume,
})

describe('barFault', () => {
  it('passes an ordinary bar', () => {
    expect(barFault(bar(10, 11, 9.5, 10.5), context({ previousClose: 10 }))).toBeNull()
  })

  it('refuses broken shapes, zeros and the future', () => {
    expect(barFault(bar(10, 9, 8, 10), context())?.kind).toBe('bar_shape')
    expect(barFault(bar(0, 0, 0, 0), context())?.kind).toBe('bar_shape')
    expect(barFault(bar(10, 10, 10, 10, -1), context())?.kind).toBe('bar_shape')
    expect(barFault(bar(10, 10, 10, 10), context({ ts: now + 1 }))?.kind).toBe('bar_time')
    expect(barFault(bar(10, 10, 10, 10), context({ ts: now }))).toBeNull()
  })

  it('refuses a time before there were prices', () => {
    expect(barFault(bar(10, 10, 10, 10), context({ ts: Date.UTC(1899, 11, 31) * 1000 }))?.kind).toBe(
      'bar_time',
    )
    expect(barFault(bar(10, 10, 10, 10), context({ ts: Number.NaN }))?.kind).toBe('bar_time')
  })

  it('refuses absurd magnitudes', () => {
    expect(barFault(bar(1e12, 1e12, 1e12, 1e12), context())?.kind).toBe('bar_magnitude')
    expect(barFault(bar(10, 10, 10, 10, 1e30), context())?.kind).toBe('bar_magnitude')
    expect(barFault(bar(715_000, 720_000, 710_000, 715_000), context())).toBeNull()
  })

  it('refuses a minute that mixes the prices before and after a 7:1 and a 2:1 split', () => {
    expect(barFault(bar(645.57, 645.57, 92.23, 92.42), context())?.kind).toBe('bar_range')
    expect(barFault(bar(100, 100, 50, 50.5), context())?.kind).toBe('bar_range')
  })

  it('lets a wild day pass that really happened, and a split between two bars', () => {
    const gameStop = bar(265, 483, 112.25, 193.6)
    expect(barFault(gameStop, context({ timeframe: '1d', previousClose: 347.51 }))).toBeNull()
    expect(
      barFault(bar(92.7, 93.88, 91.75, 93.7), context({ timeframe: '1d', previousClose: 645.57 })),
    ).toBeNull()
  })

  it('refuses a print that stands alone on a day whose closes agree', () => {
    const fault = barFault(
      bar(159.58, 159.58, 79.44, 80.46),
      context({ timeframe: '1d', previousClose: 79.79 }),
    )
    expect(fault?.kind).toBe('bar_lone_print')
    expect(fault?.reason).toContain('open 159.58')
  })

  it('gives crypto more room, but not four orders of magnitude', () => {
    const wild = { assetClass: 'crypto', timeframe: '1d', ts: now - DAY_US } as const
    expect(barFault(bar(200, 221, 109.87, 130, 11.3), context(wild))).toBeNull()
    expect(barFault(bar(1173, 1190, 0.06, 1178), context(wild))?.kind).toBe('bar_range')
  })
})
