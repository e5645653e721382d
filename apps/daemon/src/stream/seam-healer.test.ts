import { instantInZone, MINUTE_US, SECOND_US, type SymbolRef } from '@onetape/market'
import { type Healed, ProviderError } from '@onetape/providers'
import { describe, expect, it } from 'vitest'
import { handClock } from '../../test/clocks.ts'
import { fakeHouse } from '../../test/fake-house.ts'
import { FakeVendor } from '../../test/fake-vendor.ts'
import { createSeamHealer } from './seam-healer.ts'

const noon = instantInZone('2026-11-18', 12 * 3_600_000, 'America/New_York')
const refs = (...symbols: string[]): SymbolRef[] =>
  symbols.map((symbol) => ({ assetClass: 'equity', symbol }))

function setUp() {
  const clock = handClock(noon)
  const polygon = new FakeVendor({ name: 'polygon', market: clock })
  const house = fakeHouse([polygon], { wall: clock, market: clock })
  const healed: Healed[] = []
  const healer = createSeamHealer({
    house,
    source: house.sources.get('polygon')!,
    market: clock,
    signal: new AbortController().signal,
    onHealed: (h) => healed.push(h),
    onProblem: (error) => {
      throw error
    },
  })
  const spanOf = (fromMinutesAgo: number, toMinutesAgo: number) => ({
    from: noon - fromMinutesAgo * MINUTE_US,
    to: noon - toMinutesAgo * MINUTE_US,
  })
  return { clock, polygon, healer, healed, spanOf }
}

describe('the healer of seams', () => {
  it('asks again for the last minute once that is over', async () => {
    const { clock, polygon, healer, spanOf } = setUp()
    healer.add({ refs: refs('A'), ...spanOf(2, 0), to: noon + 20 * SECOND_US })
    clock.forward(30 * SECOND_US)
    await healer.run()
    expect(healer.counts()).toEqual({ open: 1, healed: 1, unhealed: 0 })
    await healer.run()
    expect(polygon.rangesAsked).toHaveLength(1)
    clock.forward(40 * SECOND_US)
    await healer.run()
    expect(healer.counts()).toEqual({ open: 0, healed: 2, unhealed: 0 })
    expect(polygon.rangesAsked).toEqual([
      { from: noon - 2 * MINUTE_US, to: noon },
      { from: noon, to: noon + MINUTE_US },
    ])
  })

  it('goes on with what is left as soon as a spent budget allows, however often that takes', async () => {
    const { clock, polygon, healer, spanOf } = setUp()
    const symbols = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H']
    const original = polygon.getBars.bind(polygon)
    let room = 0
    polygon.getBars = async (request, options) => {
      if (room-- > 0) return original(request, options)
      throw new ProviderError('rate_limited', 'spent', {
        provider: 'polygon',
        origin: 'budget',
        retryAfterMs: 2_000,
      })
    }
    healer.add({ refs: refs(...symbols), ...spanOf(5, 3) })
    for (let round = 0; round < 8; round++) {
      room = 1
      await healer.run()
      await healer.run()
      clock.forward(2 * SECOND_US)
    }
    expect(polygon.barsAsked.map((asked) => asked.slice(0, 1)).sort()).toEqual(symbols)
    expect(healer.counts()).toEqual({ open: 0, healed: 1, unhealed: 0 })
  })

  it('joins seams when many wait, and reaches back no further than a day', async () => {
    const { polygon, healer } = setUp()
    for (let i = 0; i < 200; i++) {
      healer.add({ refs: refs(`S${i % 3}`), from: noon - 10_000 * MINUTE_US, to: noon - (5 + i) * MINUTE_US })
    }
    expect(healer.counts().open).toBeLessThanOrEqual(51)
    await healer.run()
    const from = Math.min(...polygon.rangesAsked.map((range) => range.from))
    expect(from).toBeGreaterThanOrEqual(noon - (24 * 60 + 205) * MINUTE_US)
    expect(new Set(polygon.barsAsked)).toEqual(new Set(['S0 1m', 'S1 1m', 'S2 1m']))
  })
})
