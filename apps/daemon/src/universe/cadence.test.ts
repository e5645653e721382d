import type { CadenceHour } from '@onetape/db'
import { HOUR_US } from '@onetape/market'
import { expect, it } from 'vitest'
import { cadenceOf } from './cadence.ts'

const hour = (n: number, over: Partial<CadenceHour> = {}): CadenceHour => ({
  tier: 'core',
  assetClass: 'equity',
  hourAt: n * HOUR_US,
  frequencyS: 60,
  due: 60,
  served: 58,
  partial: 1,
  missed: 2,
  intervalMedianMs: 60_000 + n,
  intervalMaxMs: 61_000,
  lateMedianMs: 900,
  lateMaxMs: 2_000,
  ...over,
})

it('hours add up; medians are between those of the hours, the worst is the worst', () => {
  const hours = [
    hour(0),
    hour(0, { assetClass: 'crypto', missed: 0, served: 60 }),
    hour(1, { intervalMaxMs: 185_000, intervalMedianMs: null }),
    hour(2, { frequencyS: 30, lateMaxMs: null }),
  ]
  expect(cadenceOf(hours)).toMatchObject([
    {
      tier: 'core',
      assetClass: 'equity',
      frequencyS: 30,
      due: 180,
      served: 174,
      partial: 3,
      missed: 6,
      intervalMedianMs: 60_001,
      intervalMaxMs: 185_000,
      lateMaxMs: 2_000,
      lastHourAt: 2 * HOUR_US,
    },
    { assetClass: 'crypto', due: 60, served: 60, missed: 0 },
  ])
  expect(cadenceOf([])).toEqual([])
})
