import { describe, expect, it } from 'vitest'
import type { WireCall } from '../contract.ts'
import { fixture } from '../testing-fixture.ts'
import { at, testVendor } from '../testing-server.ts'
import { SERIES_TYPES } from './normalize-company.ts'
import { NOW, providerAt, withTicket } from './testing-provider.ts'

const equity = (symbol: string) => ({ assetClass: 'equity', symbol }) as const
const ACME = equity('ACME')

const figure = (asOfDate: string, raw: number, currencyCode = 'USD') => ({
  asOfDate,
  periodType: '12M',
  currencyCode,
  reportedValue: { raw, fmt: 'x' },
})
const series = (type: string, figures?: unknown[]) => ({
  meta: { symbol: ['ACME'], type: [type] },
  ...(figures ? { [type]: figures } : {}),
})
const statements = (...result: object[]) => ({ body: { timeseries: { result, error: null } } })
const summary = (modules: object) => ({ body: { quoteSummary: { result: [modules], error: null } } })
const noSummary = {
  status: 404,
  body: {
    quoteSummary: { result: null, error: { code: 'Not Found', description: 'No fundamentals data found' } },
  },
}

const MODULES = {
  price: { currency: 'USD', marketCap: 5_000_000, regularMarketTime: 1772031599 },
  summaryDetail: {
    trailingPE: 'Infinity',
    dividendRate: 0.82,
    dividendYield: { raw: 0.006, fmt: '0.60%' },
    beta: 1.25,
    fiftyTwoWeekHigh: 145.09,
    fiftyTwoWeekLow: 53.15,
  },
  defaultKeyStatistics: { sharesOutstanding: 50_000, priceToBook: 34.5 },
}

const fundamentals = async (filed: object, summed: object, symbol = 'ACME') => {
  await using vendor = await testVendor(withTicket((r) => (r.path.includes('/timeseries/') ? filed : summed)))
  const got = await providerAt(vendor.url).getFundamentals!({ ref: equity(symbol) })
  return { got, seen: vendor.seen }
}

describe('fundamentals', () => {
  it('figures come together by period, newest first; what a period lacks is not there', async () => {
    const filed = statements(
      series('annualTotalRevenue', [figure('2024-12-31', 900), null, figure('2025-12-31', 1000)]),
      series('annualDilutedEPS', [figure('2025-12-31', -1.5)]),
      series('quarterlyTotalRevenue', [figure('2025-12-31', 260), { asOfDate: '2025-09-30' }]),
      series('trailingFreeCashFlow', [figure('2025-12-31', 77)]),
      series('quarterlyNetIncome'),
      series('annualTreasuryShares', [figure('2025-12-31', 5)]),
    )
    const { got, seen } = await fundamentals(filed, summary(MODULES))
    const asked = seen.find((r) => r.path.includes('/timeseries/'))!
    expect(asked.path).toBe('/ws/fundamentals-timeseries/v1/finance/timeseries/ACME')
    expect(asked.query.get('crumb'), 'needs none').toBeNull()
    expect(asked.query.get('type')!.split(',')).toEqual(SERIES_TYPES)
    expect(asked.query.get('period2')).toBe(String(at(NOW) / 1e6))
    const summed = seen.find((r) => r.path.includes('/quoteSummary/'))!
    expect([summed.query.get('crumb'), summed.query.get('modules')]).toEqual([
      'crumb.1',
      'price,summaryDetail,defaultKeyStatistics',
    ])
    expect(got.calls).toBe(4)
    expect(got.dropped).toEqual([
      { row: 'quarterlyTotalRevenue', reason: 'currencyCode: expected string, received undefined' },
    ])
    expect(got.rows).toEqual([
      {
        ...ACME,
        currency: 'USD',
        ts: at('2026-02-25T14:59:59Z'),
        tsOrigin: 'vendor',
        feed: 'yahoo',
        periods: [
          { span: 'ttm', endDate: '2025-12-31', values: { freeCashFlow: 77 } },
          { span: 'quarter', endDate: '2025-12-31', values: { revenue: 260 } },
          { span: 'annual', endDate: '2025-12-31', values: { revenue: 1000, epsDiluted: -1.5 } },
          { span: 'annual', endDate: '2024-12-31', values: { revenue: 900 } },
        ],
        current: {
          marketCap: 5_000_000,
          sharesOutstanding: 50_000,
          priceToBook: 34.5,
          dividendPerShare: 0.82,
          dividendYield: 0.006,
          beta: 1.25,
          week52High: 145.09,
          week52Low: 53.15,
        },
      },
    ])
  })

  it('currencies are not mixed: of a foreign filer neither its dollar EPS nor the market value', async () => {
    const filed = statements(
      series('annualTotalRevenue', [figure('2025-12-31', 1000, 'CNY')]),
      series('annualNetIncome', [figure('2025-12-31', 100, 'CNY')]),
      series('annualBasicEPS', [figure('2025-12-31', 2, 'USD')]),
    )
    const { got } = await fundamentals(filed, summary(MODULES))
    expect(got.rows[0]).toMatchObject({ currency: 'CNY', periods: [{ values: { revenue: 1000 } }] })
    expect(got.rows[0]!.periods[0]!.values).not.toHaveProperty('epsBasic')
    expect(Object.keys(got.rows[0]!.current)).toEqual([
      'sharesOutstanding',
      'priceToBook',
      'dividendYield',
      'beta',
    ])
    expect(got.dropped.map((d) => d.row)).toEqual([
      'epsBasic 2025-12-31',
      'marketCap',
      'dividendPerShare',
      'week52High',
      'week52Low',
    ])
  })

  it('in pence: prices are divided, the book ratio too, ratios of unknown making are left out', async () => {
    const pence = {
      ...MODULES,
      price: { ...MODULES.price, currency: 'GBp' },
      summaryDetail: { ...MODULES.summaryDetail, trailingPE: 1200, fiftyTwoWeekHigh: 541.346 },
      defaultKeyStatistics: { priceToBook: 185.13188 },
    }
    const filed = statements(series('annualTotalRevenue', [figure('2025-12-31', 1000, 'GBP')]))
    const { got } = await fundamentals(filed, summary(pence), 'PENNY.L')
    expect(got.rows[0]!.current).toEqual({
      marketCap: 5_000_000,
      priceToBook: 1.8513188,
      dividendYield: 0.006,
      beta: 1.25,
      week52High: 5.41346,
      week52Low: 0.5315,
    })
  })

  it('nothing filed and no summary is missing', async () => {
    const { got } = await fundamentals(statements(series('annualTotalRevenue')), noSummary)
    expect([got.rows, got.missing]).toEqual([[], [ACME]])
  })
})

describe('options chain', () => {
  it('the nearest expiry by strike; sentinels are nothing, delays are said', async () => {
    await using vendor = await testVendor(
      withTicket(() => ({ body: fixture('yahoo/fixtures/options.json') })),
    )
    const got = await providerAt(vendor.url).getOptionsChain!({ ref: ACME })
    expect(vendor.seen.at(-1)!.path).toBe('/v7/finance/options/ACME')
    expect(vendor.seen.at(-1)!.query.has('date')).toBe(false)
    expect(got).toMatchObject({
      underlyingLast: 101.5,
      expirations: ['2026-03-20', '2026-04-17'],
      expiry: '2026-03-20',
      calls: 3,
      missing: [],
    })
    expect(got.rows.map((r) => [r.symbol, r.bid, r.impliedVolatility, r.contractSize, r.volume])).toEqual([
      ['ACME:2026-03-20:C:95', 7.1, 0.28125, 100, 3],
      ['ACME:2026-03-20:P:95', 1.15, 0.3, 10, 40],
      ['ACME:2026-03-20:C:97.5', null, null, 100, null],
    ])
    expect(got.rows[0]).toMatchObject({
      underlying: ACME,
      ts: at('2026-02-25T14:59:40Z'),
      tsOrigin: 'vendor',
      feed: 'delayed',
      delayedMinutes: 15,
      delta: null,
    })
    expect(got.rows[1]).toMatchObject({ tsOrigin: 'response', ts: at(NOW) })
    expect(got.dropped.map((d) => d.row)).toEqual(['ACME260320P00097500', 'ODD'])
  })

  it('another expiry is asked by its midnight UTC; one that is not listed has no rows', async () => {
    await using vendor = await testVendor(
      withTicket(() => ({ body: fixture('yahoo/fixtures/options.json') })),
    )
    const ask = { ref: ACME, expiry: '2026-05-15' }
    const got = await providerAt(vendor.url).getOptionsChain!(ask)
    expect(vendor.seen.at(-1)!.query.get('date')).toBe(String(Date.UTC(2026, 4, 15) / 1000))
    expect([got.expiry, got.rows]).toEqual([null, []])
  })

  it('an underlying without options, and one that is unknown, are missing', async () => {
    const empty = { underlyingSymbol: 'ACME', expirationDates: [], strikes: [], options: [] }
    for (const result of [[empty], []]) {
      await using vendor = await testVendor(
        withTicket(() => ({ body: { optionChain: { result, error: null } } })),
      )
      const got = await providerAt(vendor.url).getOptionsChain!({ ref: ACME })
      expect([got.missing, got.expirations, got.rows]).toEqual([[ACME], [], []])
    }
  })
})

describe('what a call costs', () => {
  it('the entrance is paid by who opened it, through budget and record alike', async () => {
    await using vendor = await testVendor(
      withTicket(() => ({ body: fixture('yahoo/fixtures/options.json') })),
    )
    const taken: string[] = []
    const provider = providerAt(vendor.url, {
      budget: {
        async take({ scope, priority }) {
          taken.push(`${scope} ${priority}`)
          return { granted: true, release() {} }
        },
        learn() {},
      },
    })
    const wire: WireCall[] = []
    const options = { priority: 'user', onCall: (call: WireCall) => wire.push(call) } as const
    const [first, second] = await Promise.all([
      provider.getOptionsChain!({ ref: ACME }, options),
      provider.getOptionsChain!({ ref: ACME }),
    ])
    expect([first.calls, second.calls]).toEqual([3, 1])
    expect(wire.map((c) => c.what.replace(/^[^/]+/, ''))).toEqual([
      '/quote/AAPL',
      '/v1/test/getcrumb',
      '/v7/finance/options/ACME',
    ])
    expect(taken.sort()).toEqual(['rest live', 'rest user', 'rest user', 'rest user'])
    expect((await provider.getOptionsChain!({ ref: ACME })).calls).toBe(1)
  })

  it('an empty budget sends nothing', async () => {
    await using vendor = await testVendor(withTicket(() => ({})))
    const provider = providerAt(vendor.url, {
      budget: {
        take: async () => ({ granted: false, retryAfterMs: 900, limit: '100 in 60 s' }),
        learn() {},
      },
    })
    await expect(provider.getQuotes([ACME])).rejects.toMatchObject({
      kind: 'rate_limited',
      origin: 'budget',
      retryAfterMs: 900,
    })
    expect(vendor.seen).toEqual([])
  })
})
