import type { Timeframe } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import type { BarsRequest, CallBudget } from '../contract.ts'
import { at, clockAt, testVendor } from '../testing-server.ts'
import { capabilities } from './capabilities.ts'
import { providerAt, refOf } from './testing-provider.ts'

const ACME = refOf('ACME')
const empty = () => ({ body: { status: 'OK', resultsCount: 0 } })

const bars = (from: string, to: string, timeframe: Timeframe = '1m'): BarsRequest => ({
  ref: ACME,
  timeframe,
  from: at(from),
  to: at(to),
})

describe('the free plan', () => {
  it('has no snapshots, chains, fundamentals or stream, and no call is spent to learn it', async () => {
    await using vendor = await testVendor(empty)
    const free = providerAt(vendor.url, { tier: 'free' })
    const asks = [
      () => free.getSnapshots({ assetClass: 'equity', refs: 'all' }),
      () => free.getQuotes([ACME]),
      () => free.getOptionsChain!({ ref: ACME }),
      () => free.getFundamentals!({ ref: ACME }),
      async () => free.streamQuotes!([ACME]),
    ]
    for (const ask of asks) await expect(ask()).rejects.toMatchObject({ kind: 'not_entitled' })
    expect(vendor.seen).toEqual([])
  })

  it('sees a day once it is over: ranges end with the last finished session', async () => {
    await using vendor = await testVendor(empty)
    const free = providerAt(vendor.url, { tier: 'free' }) // Wednesday 10:00 in New York
    await free.getBars(bars('2026-02-24T14:30:00Z', '2026-02-25T15:00:00Z'))
    expect(vendor.seen[0]!.path).toMatch(
      new RegExp(`/${at('2026-02-24T14:30:00Z') / 1000}/${at('2026-02-25T01:00:00Z') / 1000 - 1}$`),
    )
    await free.getBars(bars('2026-02-20', '2026-02-26', '1d'))
    expect(vendor.seen[1]!.path).toMatch(/\/1\/day\/2026-02-20\/2026-02-24$/)
    const today = free.getBars(bars('2026-02-25T14:30:00Z', '2026-02-25T15:00:00Z'))
    await expect(today).rejects.toMatchObject({ kind: 'not_entitled' })
    const grouped = free.getMarketDay!({ assetClass: 'equity', sessionDate: '2026-02-25' })
    await expect(grouped).rejects.toMatchObject({ kind: 'not_entitled' })
    expect(vendor.seen).toHaveLength(2)
    const evening = providerAt(vendor.url, { tier: 'free', marketClock: clockAt('2026-02-26T01:30:00Z') })
    await evening.getBars(bars('2026-02-25T14:30:00Z', '2026-02-25T15:00:00Z'))
    expect(vendor.seen).toHaveLength(3)
  })

  it('reaches back two years', async () => {
    await using vendor = await testVendor(empty)
    const free = providerAt(vendor.url, { tier: 'free' })
    const old = free.getBars(bars('2020-01-01', '2021-01-01', '1d'))
    await expect(old).rejects.toMatchObject({ kind: 'not_entitled', message: /730 days/ })
    await free.getBars(bars('2020-01-01', '2026-01-01', '1d'))
    expect(vendor.seen.map((r) => r.path)).toEqual(['/v2/aggs/ticker/ACME/range/1/day/2024-02-27/2025-12-31'])
  })
})

describe('paid plans', () => {
  it('fifteen minutes behind where the plan is, whether or not the body says so', async () => {
    const row = { o: 10, h: 10, l: 10, c: 10, v: 1, t: at('2026-02-25T14:50:00Z') / 1000 }
    const quiet = { ticker: 'ACME', day: {}, prevDay: {}, lastTrade: { p: 10, t: 1772031598000000000 } }
    await using vendor = await testVendor((r) => ({
      body: r.path.includes('/aggs/') ? { status: 'OK', results: [row] } : { status: 'OK', ticker: quiet },
    }))
    const range = bars('2026-02-25T14:45:00Z', '2026-02-25T15:00:00Z')
    for (const [tier, minutes, feed, final] of [
      ['advanced', 0, 'sip', true],
      ['developer', 15, 'delayed', false],
      ['starter', 15, 'delayed', false],
    ] as const) {
      const provider = providerAt(vendor.url, { tier })
      const [quote] = (await provider.getQuotes([ACME])).rows
      expect([quote!.delayedMinutes, quote!.feed]).toEqual([minutes, feed])
      const [bar] = (await provider.getBars(range)).rows
      expect([bar!.feed, bar!.final]).toEqual([feed, final])
      const told = capabilities.tiers.find((t) => t.name === tier)!.access.equity!
      expect([told.quotes!.delayedMinutes, told.charts!.feed]).toEqual([minutes, feed])
    }
  })

  it('a 403 that the vendor gives anyway is not entitled too', async () => {
    await using vendor = await testVendor(() => ({
      status: 403,
      body: { status: 'NOT_AUTHORIZED', message: 'You are not entitled to this data.' },
    }))
    const asked = providerAt(vendor.url).getSnapshots({ assetClass: 'equity', refs: 'all' })
    await expect(asked).rejects.toMatchObject({ kind: 'not_entitled' })
  })

  it('every request goes through the budget, pages too', async () => {
    await using vendor = await testVendor((r, i) =>
      i === 0 ? { body: { status: 'OK', results: [], next_url: `http://${r.headers.host}/2` } } : empty(),
    )
    const taken: string[] = []
    const budget: CallBudget = {
      async take({ scope, weight, priority }) {
        taken.push(`${scope} ${weight} ${priority}`)
        return { granted: true, release() {} }
      },
      learn() {},
    }
    const calls: string[] = []
    const provider = providerAt(vendor.url, { budget })
    await provider.listInstruments!('equity', { priority: 'backfill', onCall: (c) => calls.push(c.outcome) })
    expect(taken).toEqual(['rest 1 backfill', 'rest 1 backfill'])
    expect(calls).toEqual(['ok', 'ok'])
  })
})
