import { microsFromIso } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import { fundamentalsOf, ratiosOf, trailingYear } from './fundamentals.ts'
import { Market } from './market.ts'

const market = new Market(1)
const now = microsFromIso('2026-11-20T14:41:33-05:00')!
const DATE = '2026-11-20'
const of = (symbol: string, date = DATE) => fundamentalsOf(market.find(symbol)!, date)!
const companies = market.universe.equities.filter((l) => l.type === 'CS').slice(0, 400)

describe('statements', () => {
  it('add up, in every company', () => {
    for (const listing of companies) {
      const figures = fundamentalsOf(listing, DATE)
      for (const s of figures ? [...figures.annual, ...figures.quarters] : []) {
        expect(s.grossProfit).toBe(s.revenue - s.costOfRevenue)
        expect(s.operatingIncome).toBe(s.grossProfit - s.operatingExpenses)
        expect(s.netIncome).toBe(s.operatingIncome - s.interestExpense - s.incomeTax)
        expect(s.totalAssets).toBe(s.totalLiabilities + s.equity)
        expect(s.freeCashFlow).toBe(s.operatingCashFlow - s.capitalExpenditure)
        expect(Math.abs(s.epsBasic - s.netIncome / s.sharesBasic)).toBeLessThan(0.0001)
        expect(s.cash <= s.currentAssets && s.currentAssets <= s.totalAssets).toBe(true)
        expect(s.totalDebt <= s.totalLiabilities && s.revenue > 0 && s.equity > 0).toBe(true)
      }
    }
  })

  it('of a year are its four quarters', () => {
    const { annual, quarters } = of('AAPL')
    const year = annual[0]!
    const four = quarters.filter((q) => q.fiscalYear === year.fiscalYear)
    expect(four.map((q) => q.fiscalQuarter)).toEqual([4, 3, 2, 1])
    expect(four.reduce((sum, q) => sum + q.netIncome, 0)).toBe(year.netIncome)
    expect([year.endDate, year.startDate]).toEqual([four[0]!.endDate, four[3]!.startDate])
    expect(annual).toHaveLength(5)
    expect(quarters).toHaveLength(20)
  })

  it('grow over the years', () => {
    for (const listing of companies.slice(0, 100)) {
      const revenues = fundamentalsOf(listing, DATE)?.annual.map((s) => s.revenue) ?? []
      expect(revenues.at(0) ?? 0).toBeGreaterThanOrEqual(revenues.at(-1) ?? 0)
    }
  })

  it('are known when they were filed, and stay what they were', () => {
    const early = of('MSFT', '2026-05-01')
    for (const s of early.quarters) expect(s.filedDate <= '2026-05-01').toBe(true)
    const later = of('MSFT')
    const again = later.quarters.find((q) => q.endDate === early.quarters[0]!.endDate)
    expect(again).toEqual(early.quarters[0])
  })

  it('stand on the share basis of the date asked', () => {
    const before = of('NVDA', '2024-06-07')
    const after = of('NVDA', '2024-06-10')
    const end = before.quarters[0]!.endDate
    const [a, b] = [before, after].map((f) => f.quarters.find((q) => q.endDate === end)!)
    expect(b!.netIncome).toBe(a!.netIncome)
    expect(b!.sharesBasic / a!.sharesBasic).toBeCloseTo(10, 3)
    expect(a!.epsBasic / b!.epsBasic).toBeCloseTo(10, 1)
    expect(a!.dividendsPerShare / b!.dividendsPerShare).toBeCloseTo(10, 1)
  })

  it('exist for companies alone, and not before the first report', () => {
    for (const symbol of ['SPY', 'BTC-USD']) expect(fundamentalsOf(market.find(symbol)!, DATE)).toBeNull()
    expect(fundamentalsOf(market.find('ABNB')!, '2020-12-20')).toBeNull()
  })
})

describe('ratios', () => {
  it('come from the price', () => {
    const listing = market.find('KO')!
    const figures = of('KO')
    const ratios = ratiosOf(market, listing, { figures, date: DATE, now })!
    const { price } = market.lastTrade(listing, now)!
    expect(ratios.marketCap).toBe(Math.round(price * figures.sharesOutstanding))
    expect(ratios.peRatio).toBeCloseTo(price / trailingYear(figures)!.epsDiluted, 3)
    expect(ratios.dividendPerShare).toBeCloseTo(4 * 0.51, 1)
    expect(ratios.dividendYield).toBeCloseTo(ratios.dividendPerShare / price, 5)
    expect(ratios.low52).toBeLessThanOrEqual(price)
    expect(ratios.high52).toBeGreaterThanOrEqual(price)
  })
})
