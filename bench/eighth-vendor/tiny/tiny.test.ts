import { expect, it } from 'vitest'
import { fixture } from '../testing-fixture.ts'
import { clockAt, testVendor } from '../testing-server.ts'
import { tiny } from './index.ts'

it('a price is a quote, a zero is none', async () => {
  await using vendor = await testVendor(() => ({ body: fixture('tiny/fixtures/prices.json') }))
  const provider = tiny.create({
    fetch,
    marketClock: clockAt('2026-11-20T20:00:00Z'),
    wallClock: clockAt('2026-11-20T20:00:00Z'),
    random: () => 0.5,
    timeoutMs: 2000,
    baseUrls: { rest: vendor.url },
    credentials: { apiKey: 'k' },
  })
  const refs = ['AAPL', 'BAD', 'NONE'].map((symbol) => ({ assetClass: 'equity', symbol }) as const)
  const { rows, dropped, missing } = await provider.getQuotes(refs)
  expect(rows).toMatchObject([{ symbol: 'AAPL', last: 250.25, feed: 'tiny' }])
  expect(dropped).toMatchObject([{ row: 'BAD' }])
  expect(missing).toEqual([refs[2]])
})
