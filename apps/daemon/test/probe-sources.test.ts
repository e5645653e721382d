// A source that failed and that nobody needs is asked again by itself, as often as its breaker lets a call through.
import { MINUTE_US, SECOND_US } from '@onetape/market'
import { ProviderError } from '@onetape/providers'
import { expect, it } from 'vitest'
import { probeSources } from '../src/ingest/probe-sources.ts'
import { handClock } from './clocks.ts'
import { fakeHouse } from './fake-house.ts'
import { FakeVendor } from './fake-vendor.ts'

const signal = new AbortController().signal
const symbolOf = () => ({ assetClass: 'equity', symbol: 'AAPL' }) as const

function stage() {
  const clock = handClock(Date.parse('2026-11-18T17:00:00Z') * 1000)
  const yahoo = new FakeVendor({ name: 'yahoo', market: clock })
  const house = fakeHouse([yahoo], { wall: clock, market: clock })
  const probe = () => probeSources(house, { symbolOf, signal })
  const status = () => house.states.list()[0]!.status
  return { clock, yahoo, house, probe, status }
}

it('a source that is well is not asked', async () => {
  const { probe } = stage()
  expect(await probe()).toEqual([])
})

it('a source that failed is asked until it answers, and not while its breaker is open', async () => {
  const { clock, yahoo, house, probe, status } = stage()
  yahoo.error = new ProviderError('unavailable', 'yahoo answered 500', { provider: 'yahoo', status: 500 })
  house.health.failed('yahoo', yahoo.error)
  house.states.failed('yahoo', yahoo.error)
  expect(status()).toBe('failing')
  while (house.health.ready('yahoo').ready) expect(await probe()).toEqual(['yahoo'])
  expect(await probe()).toEqual([])
  yahoo.error = null
  for (let waited = 0; status() !== 'ok' && waited < 10; waited++) {
    clock.forward(MINUTE_US + SECOND_US)
    await probe()
  }
  expect(status()).toBe('ok')
  expect(await probe()).toEqual([])
})
