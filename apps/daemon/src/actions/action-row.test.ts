import type { CorporateAction } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import { joinedActions, rowOfAction } from './action-row.ts'

const ref = { assetClass: 'equity' as const, symbol: 'AAPL', exDate: '2026-08-31' }
const split = (ratio: number): CorporateAction => ({ ...ref, kind: 'split', ratio })
const dividend = (amount: number, currency = 'USD'): CorporateAction => ({
  ...ref,
  kind: 'dividend',
  amount,
  currency,
})

describe('an action as a row', () => {
  it('has its figure and no other', () => {
    const row = { instrumentId: 7, exDate: '2026-08-31' }
    expect(rowOfAction(split(4), 7)).toEqual({
      ...row,
      kind: 'split',
      ratio: 4,
      amount: null,
      currency: null,
    })
    expect(rowOfAction(dividend(0.25), 7)).toEqual({
      ...row,
      kind: 'dividend',
      ratio: null,
      amount: 0.25,
      currency: 'USD',
    })
  })

  it.each([split(0), split(-2), split(1), split(1e9), split(Number.NaN), dividend(0), dividend(Number.NaN)])(
    'is none without a believable figure: %j',
    (action) => expect(rowOfAction(action, 7)).toBeNull(),
  )

  it('is none without a date', () => {
    expect(rowOfAction({ ...split(2), exDate: 'soon' }, 7)).toBeNull()
  })
})

it('dividends of one day are one amount; of two currencies the last one said', () => {
  const rows = [dividend(0.1), dividend(0.2), split(2)].map((action) => rowOfAction(action, 7)!)
  expect(joinedActions(rows)).toMatchObject([
    { kind: 'dividend', amount: 0.3 },
    { kind: 'split', ratio: 2 },
  ])
  const mixed = [dividend(0.1), dividend(0.2, 'CAD')].map((action) => rowOfAction(action, 7)!)
  expect(joinedActions(mixed)).toMatchObject([{ amount: 0.2, currency: 'CAD' }])
})
