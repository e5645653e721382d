import type { FundamentalPeriod } from '@onetape/market'
import { expect, it } from 'vitest'
import { formatFigure, spansIn, statementTable } from './fundamental-figures.ts'

const quarter = (endDate: string, revenue?: number, more = {}): FundamentalPeriod => ({
  span: 'quarter',
  endDate,
  values: { ...(revenue === undefined ? {} : { revenue }), ...more },
})

it.each([
  ['revenue', 109_748_979_000, '109.7B'],
  ['capitalExpenditure', -5_987_401_000, '−6.0B'],
  ['epsDiluted', 1.7145, '1.71'],
  ['dividendYield', 0.0039, '0.39%'],
  ['sharesOutstanding', 11_900_000_000, '11.9B'],
  ['peRatio', undefined, '–'],
] as const)('%s of %s reads %s', (item, value, text) => expect(formatFigure(item, value)).toBe(text))

it('has the newest period first, and only rows that hold something', () => {
  const { periods, groups } = statementTable(
    [quarter('2025-12-31', 3), quarter('2026-09-30', 4, { cash: 1 }), quarter('2026-06-30')],
    'quarter',
  )
  expect(periods.map((p) => p.endDate)).toEqual(['2026-09-30', '2026-06-30', '2025-12-31'])
  expect(groups.map((g) => [g.title, g.rows.map((r) => r.item)])).toEqual([
    ['Income', ['revenue']],
    ['Balance sheet', ['cash']],
  ])
  expect(groups[0]!.rows[0]!.values).toEqual([4, undefined, 3])
})

it('compares with the same quarter a year before, even when it ended some days off', () => {
  const change = (...periods: FundamentalPeriod[]) =>
    statementTable(periods, 'quarter').groups[0]!.rows[0]!.yearChange
  expect(change(quarter('2026-09-26', 110), quarter('2025-09-27', 100))).toBeCloseTo(0.1)
  expect(change(quarter('2026-09-26', 110), quarter('2026-06-27', 100))).toBeNull()
  expect(change(quarter('2026-09-26', 110), quarter('2025-09-27', -100))).toBeNull()
})

it('keeps spans apart', () => {
  const year: FundamentalPeriod = { span: 'annual', endDate: '2025-12-31', values: { revenue: 12 } }
  expect(spansIn([year, quarter('2025-12-31', 3)])).toEqual(['quarter', 'annual'])
  expect(statementTable([year, quarter('2025-12-31', 3)], 'annual').periods).toEqual([year])
})
