import { type AssetClass, HOUR_US } from '@onetape/market'
import { ProviderError } from '@onetape/providers'
import { describe, expect, it } from 'vitest'
import { handClock } from '../../test/clocks.ts'
import { fakeHouse } from '../../test/fake-house.ts'
import { FakeVendor } from '../../test/fake-vendor.ts'
import { askHouse } from './ask-house.ts'

const names = (n: number) => Array.from({ length: n }, (_, i) => `S${i}`)

function setUp() {
  const clock = handClock(Date.UTC(2026, 10, 18, 15) * 1000)
  const polygon = new FakeVendor({ name: 'polygon', market: clock, snapshots: 'market' })
  const yahoo = new FakeVendor({ name: 'yahoo', market: clock, assetClasses: ['equity', 'crypto'] })
  const house = fakeHouse([polygon, yahoo], { wall: clock, market: clock })
  const price = (vendor: FakeVendor, symbols: readonly string[]) => {
    for (const s of symbols) vendor.prices.set(s, 10)
  }
  const ask = (symbols: readonly string[], assetClass: AssetClass = 'equity') => {
    const refs = symbols.map((symbol) => ({ assetClass, symbol }))
    return askHouse(house, { assetClass, refs, signal: new AbortController().signal })
  }
  const asked = (vendor: FakeVendor) =>
    vendor.asked.map((r) => (r.refs === 'all' ? 'all' : r.refs.map((ref) => ref.symbol)))
  return { clock, polygon, yahoo, house, price, ask, asked }
}

describe('asking the house', () => {
  it('takes one call for a short list and one for the whole market', async () => {
    const { polygon, yahoo, price, ask, asked } = setUp()
    price(polygon, names(400))
    await ask(names(100))
    await ask(names(400))
    expect(asked(polygon)).toEqual([names(100), 'all'])
    expect(asked(yahoo)).toEqual([])
  })

  it('asks the next source for what the first one lacks, and only that', async () => {
    const { polygon, yahoo, price, ask, asked } = setUp()
    price(polygon, ['A', 'B'])
    price(yahoo, ['C'])
    const { answers, missing } = await ask(['A', 'B', 'C', 'D'])
    expect(asked(yahoo)).toEqual([['C', 'D']])
    expect(answers.map((a) => [a.source.name, a.fetched.rows.map((r) => r.quote.symbol)])).toEqual([
      ['polygon', ['A', 'B']],
      ['yahoo', ['C']],
    ])
    expect(missing.map((ref) => ref.symbol)).toEqual(['D'])
  })

  it('does not ask a fallback again for what it just lacked, but later', async () => {
    const { clock, polygon, yahoo, price, ask, asked } = setUp()
    price(polygon, ['A'])
    await ask(['A', 'D'])
    await ask(['A', 'D'])
    expect(asked(yahoo)).toEqual([['D']])
    clock.forward(7 * HOUR_US)
    await ask(['A', 'D'])
    expect(asked(yahoo)).toHaveLength(2)
  })

  it('moves on when a source fails, in calls as long as the next one takes, and leaves the failed one alone', async () => {
    const { polygon, yahoo, house, price, ask, asked } = setUp()
    price(yahoo, names(250))
    polygon.error = new ProviderError('unavailable', 'polygon: 503', { provider: 'polygon', status: 503 })
    const { missing } = await ask(names(250))
    expect(missing).toEqual([])
    expect(asked(yahoo).map((refs) => refs.length)).toEqual([100, 100, 50])
    for (let i = 0; i < 4; i++) await ask(['S1'])
    expect(polygon.asked).toHaveLength(3)
    expect(house.states.list()[0]).toMatchObject({
      name: 'polygon',
      status: 'failing',
      message: 'polygon: 503',
    })
  })

  it('keeps the pieces that came when a later piece fails', async () => {
    const { polygon, yahoo, price, ask } = setUp()
    price(yahoo, names(250))
    polygon.error = new ProviderError('unavailable', 'down', { provider: 'polygon' })
    const original = yahoo.getSnapshots.bind(yahoo)
    yahoo.getSnapshots = async (request, options) => {
      if (yahoo.asked.length === 1)
        throw new ProviderError('rate_limited', 'slow down', { provider: 'yahoo' })
      return original(request, options)
    }
    const { answers, missing } = await ask(names(250))
    expect(answers.flatMap((a) => a.fetched.rows)).toHaveLength(100)
    expect(missing).toHaveLength(150)
  })

  it('treats a fault of an adapter as that source’s failure', async () => {
    const { polygon, yahoo, house, price, ask } = setUp()
    price(yahoo, ['A'])
    polygon.getSnapshots = () => Promise.reject(new TypeError('undefined is not a function'))
    const { missing } = await ask(['A'])
    expect(missing).toEqual([])
    expect(house.states.list()[0]!.status).toBe('failing')
  })

  it('answers with everything missing when nobody can be asked', async () => {
    const { ask } = setUp()
    expect(await ask(['A'], 'fx')).toMatchObject({ answers: [], missing: [{ symbol: 'A' }] })
  })

  it('gives up at once when told to stop', async () => {
    const { polygon, house } = setUp()
    polygon.gate = new Promise(() => {})
    const stop = new AbortController()
    const refs = [{ assetClass: 'equity' as const, symbol: 'A' }]
    const asking = askHouse(house, { assetClass: 'equity', refs, signal: stop.signal })
    stop.abort(new Error('stopping'))
    await expect(asking).rejects.toThrow('stopping')
    expect(house.states.list()[0]!.status).toBe('ok')
  })
})
