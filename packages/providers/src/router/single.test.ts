import type { Fundamentals, OptionQuote } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import type { IDataProvider, OptionsChain } from '../contract.ts'
import { ProviderError } from '../errors.ts'
import { AAPL, MSFT, NOW, routerStage, story } from './testing-router.ts'

const fetched = { dropped: [], missing: [], fetchedAt: NOW, calls: 1 }
const figures = (over: Partial<Fundamentals> = {}): Fundamentals => ({
  ...AAPL,
  currency: 'USD',
  periods: [{ span: 'annual', endDate: '2026-09-30', values: { revenue: 4e11 } }],
  current: {},
  ts: NOW - 60e6,
  tsOrigin: 'response',
  feed: 'reference',
  ...over,
})
const contract = (strike: number, over: Partial<OptionQuote> = {}): OptionQuote => ({
  assetClass: 'option',
  symbol: `AAPL:2026-12-18:C:${strike}`,
  underlying: AAPL,
  expiry: '2026-12-18',
  right: 'call',
  strike,
  contractSize: 100,
  last: 5,
  ts: NOW - strike,
  tsOrigin: 'vendor',
  feed: 'opra',
  delayedMinutes: 0,
  currency: 'USD',
  ...{ bid: null, ask: null, bidSize: null, askSize: null, volume: null, openInterest: null },
  ...{ impliedVolatility: null, delta: null, gamma: null, theta: null, vega: null },
  ...over,
})
const chain = (rows: OptionQuote[]): OptionsChain => {
  const expiry = rows[0]?.expiry ?? null
  return {
    ...fetched,
    rows,
    underlying: AAPL,
    underlyingLast: 250,
    expirations: expiry ? [expiry] : [],
    expiry,
  }
}

/** Two sources, of which only those given a method have that kind of data. */
function stage(
  methods: Record<'polygon' | 'alpaca', Pick<IDataProvider, 'getFundamentals' | 'getOptionsChain'>>,
) {
  const s = routerStage({ polygon: {}, alpaca: {} })
  for (const [name, own] of Object.entries(methods)) {
    const { source } = s.scripted[name]!
    const plain = source.provider!.getCapabilities()
    const [fundamentals, options] = [own.getFundamentals !== undefined, own.getOptionsChain !== undefined]
    const access = { delayedMinutes: 15, feed: 'delayed' }
    source.provider = {
      ...source.provider!,
      ...own,
      getCapabilities: () => ({
        ...plain,
        byAssetClass: { equity: { ...plain.byAssetClass.equity!, fundamentals, options } },
        tiers: [
          {
            name: 'paid',
            label: 'Paid',
            access: { equity: { fundamentals: access, options: access } },
            limits: [],
          },
        ],
      }),
    }
  }
  return s.router
}

const asked = { userId: null, ref: AAPL }
const failing = async () => {
  throw new ProviderError('unavailable', 'down', { provider: 'polygon' })
}

describe('company figures', () => {
  it('of the first source that has them, said whose and how old', async () => {
    const router = stage({
      polygon: {},
      alpaca: { getFundamentals: async () => ({ ...fetched, rows: [figures()] }) },
    })
    const { value, receipt } = await router.fundamentals(asked)
    expect(value!.periods[0]!.values.revenue).toBe(4e11)
    expect(receipt).toMatchObject({
      kind: 'fundamentals',
      source: 'alpaca',
      feed: 'reference',
      ageMs: 60_000,
      currency: 'USD',
      delayedMinutes: 15,
    })
    expect(story(receipt.attempts)).toEqual(['polygon skipped no_capability', 'alpaca served'])
  })

  it('of another company, or none at all, are no answer', async () => {
    const router = stage({
      polygon: { getFundamentals: async () => ({ ...fetched, rows: [figures({ ...MSFT })] }) },
      alpaca: { getFundamentals: async () => ({ ...fetched, rows: [figures({ periods: [] })] }) },
    })
    const { value, receipt } = await router.fundamentals(asked)
    expect([value, receipt.source]).toEqual([null, null])
    expect(story(receipt.attempts)).toEqual(['polygon empty', 'alpaca empty'])
  })
})

describe('options chains', () => {
  it('are one source’s, with the newest event', async () => {
    const router = stage({
      polygon: { getOptionsChain: failing },
      alpaca: { getOptionsChain: async () => chain([contract(250), contract(200)]) },
    })
    const { value, receipt } = await router.optionsChain(asked)
    expect(value).toMatchObject({
      expiry: '2026-12-18',
      underlyingLast: 250,
      contracts: [{ strike: 250 }, { strike: 200 }],
    })
    expect(receipt).toMatchObject({
      kind: 'options',
      source: 'alpaca',
      feed: 'opra',
      ts: NOW - 200,
      delayedMinutes: 0,
    })
    expect(story(receipt.attempts)).toEqual(['polygon failed unavailable', 'alpaca served'])
  })

  it('of another expiry, or of mixed feeds, are no answer', async () => {
    const router = stage({
      polygon: { getOptionsChain: async () => chain([contract(250, { expiry: '2027-01-15' })]) },
      alpaca: { getOptionsChain: async () => chain([contract(250), contract(255, { feed: 'indicative' })]) },
    })
    const { value, receipt } = await router.optionsChain({ ...asked, expiry: '2026-12-18' })
    expect(value).toBeNull()
    expect(receipt.attempts.map((a) => a.message)).toEqual([
      'polygon lists no options of AAPL for 2026-12-18',
      'alpaca mixed opra USD and indicative USD in one chain',
    ])
  })

  it('that miss a piece are shown with the reason', async () => {
    const failure = new ProviderError('unavailable', 'page 2 did not come', { provider: 'alpaca' })
    const router = stage({
      polygon: {},
      alpaca: { getOptionsChain: async () => ({ ...chain([contract(250)]), failure }) },
    })
    const { value, receipt } = await router.optionsChain(asked)
    expect(value!.contracts).toHaveLength(1)
    expect(receipt.attempts[1]).toMatchObject({
      outcome: 'partial',
      message: 'some of it is missing: page 2 did not come',
    })
  })
})
