import { expect, it } from 'vitest'
import { MarketClock } from './market-clock.ts'

it('is wall time plus the shift, which only grows within one database', () => {
  const clock = new MarketClock({ now: () => 1_000 })
  expect(clock.now()).toBe(1_000)
  clock.announce('50')
  clock.announce('20')
  clock.announce('')
  clock.announce('rubbish')
  expect([clock.now(), clock.shiftUs]).toEqual([1_050, 50])
  clock.set(7) // another database
  expect(clock.now()).toBe(1_007)
})
