import { describe, expect, it } from 'vitest'
import { at, testVendor } from '../testing-server.ts'
import { providerAt, refOf } from './testing-provider.ts'

const ACME = refOf('ACME')
const statement = (over: object) => ({
  tickers: ['ACME'],
  period_end: '2025-12-31',
  filing_date: '2026-02-01',
  timeframe: 'annual',
  ...over,
})
const ok = (results: unknown) => ({ body: { status: 'OK', results } })

const DETAILS = {
  ticker: 'ACME',
  currency_name: 'usd',
  market_cap: 5_000_000,
  share_class_shares_outstanding: 50_000,
  weighted_shares_outstanding: 70_000,
}
const RATIOS = {
  ticker: 'ACME',
  date: '2026-02-24',
  market_cap: 5_100_000,
  price_to_earnings: 25.5,
  price_to_book: 4.2,
  dividend_yield: 0.0044,
  free_cash_flow: 180_000,
}

describe('fundamentals', () => {
  it('statements of a period come together, newest first; zeros are lines that the company lacks', async () => {
    const income = [
      statement({
        revenue: 1_000_000,
        gross_profit: 0,
        consolidated_net_income_loss: 200_000,
        diluted_earnings_per_share: 4,
      }),
      statement({ timeframe: 'quarterly', revenue: 260_000, basic_earnings_per_share: -0.5 }),
      statement({ timeframe: 'trailing_twelve_months', revenue: 1_000_001 }),
      statement({ timeframe: 'half', revenue: 1 }),
    ]
    const balance = [
      statement({
        total_assets: 900_000,
        debt_current: 10_000,
        long_term_debt_and_capital_lease_obligations: 90_000,
      }),
      statement({ total_assets: 800_000, filing_date: '2026-01-15' }),
    ]
    const cash = [
      statement({
        net_cash_from_operating_activities: 250_000,
        purchase_of_property_plant_and_equipment: -70_000,
      }),
    ]
    await using vendor = await testVendor((r) => {
      if (r.path.endsWith('/ratios')) return ok([RATIOS])
      if (r.path.endsWith('/income-statements')) return ok(income)
      if (r.path.endsWith('/balance-sheets')) return ok(balance)
      return r.path.endsWith('/cash-flow-statements') ? ok(cash) : ok(DETAILS)
    })
    const got = await providerAt(vendor.url).getFundamentals!({ ref: ACME })
    expect(vendor.seen.map((r) => r.path).sort()).toEqual([
      '/stocks/financials/v1/balance-sheets',
      '/stocks/financials/v1/cash-flow-statements',
      '/stocks/financials/v1/income-statements',
      '/stocks/financials/v1/ratios',
      '/v3/reference/tickers/ACME',
    ])
    expect(got.calls).toBe(5)
    expect(got.dropped).toHaveLength(1)
    expect(got.rows).toEqual([
      {
        ...ACME,
        currency: 'USD',
        ts: at('2026-02-24T21:00:00Z'),
        tsOrigin: 'vendor',
        feed: 'filings',
        periods: [
          { span: 'ttm', endDate: '2025-12-31', values: { revenue: 1_000_001 } },
          { span: 'quarter', endDate: '2025-12-31', values: { revenue: 260_000, epsBasic: -0.5 } },
          {
            span: 'annual',
            endDate: '2025-12-31',
            values: {
              revenue: 1_000_000,
              netIncome: 200_000,
              epsDiluted: 4,
              totalAssets: 900_000, // of two filings the later one
              totalDebt: 100_000,
              operatingCashFlow: 250_000,
              capitalExpenditure: -70_000,
            },
          },
        ],
        current: {
          marketCap: 5_100_000,
          sharesOutstanding: 50_000,
          peRatio: 25.5,
          priceToBook: 4.2,
          dividendYield: 0.0044,
          freeCashFlow: 180_000,
        },
      },
    ])
  })

  it('plans without the newer statements are served from the older form', async () => {
    const old = {
      end_date: '2025-09-30',
      fiscal_period: 'Q3',
      filing_date: '2025-11-01',
      financials: {
        income_statement: {
          revenues: { value: 5, unit: 'USD' },
          diluted_earnings_per_share: { value: 0, unit: 'USD / shares' },
        },
        balance_sheet: { assets: { value: 9, unit: 'USD' } },
      },
    }
    await using vendor = await testVendor((r) => {
      if (r.path.startsWith('/stocks/financials')) return { status: 403, body: { status: 'NOT_AUTHORIZED' } }
      return r.path === '/vX/reference/financials' ? ok([old]) : ok(DETAILS)
    })
    const got = await providerAt(vendor.url).getFundamentals!({ ref: ACME })
    expect(vendor.seen).toHaveLength(3)
    expect(got.rows[0]).toMatchObject({
      currency: 'USD',
      periods: [
        { span: 'quarter', endDate: '2025-09-30', values: { revenue: 5, epsDiluted: 0, totalAssets: 9 } },
      ],
      current: { marketCap: 5_000_000 },
      tsOrigin: 'response',
    })
  })

  it('an unknown ticker is missing after one call', async () => {
    await using vendor = await testVendor(() => ({ status: 404, body: { status: 'NOT_FOUND' } }))
    const got = await providerAt(vendor.url).getFundamentals!({ ref: ACME })
    expect([got.rows, got.missing, got.calls]).toEqual([[], [ACME], 1])
  })
})
