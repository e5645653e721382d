import type { CadenceHour } from '@onetape/db'
import { expect, it } from 'vitest'
import { classCadences } from './tier-cadence.ts'

const hour = (more: Partial<CadenceHour>): CadenceHour => ({
  tier: 'core',
  assetClass: 'equity',
  hourAt: 0,
  frequencyS: 60,
  due: 60,
  served: 60,
  partial: 0,
  missed: 0,
  intervalMedianMs: 60_000,
  intervalMaxMs: 61_000,
  lateMedianMs: 800,
  lateMaxMs: 2_000,
  ...more,
})

it('adds hours up, takes the middle of the medians, and keeps classes apart', () => {
  const hours = [
    hour({ hourAt: 1 }),
    hour({ hourAt: 2, served: 50, missed: 10, intervalMedianMs: 66_000, intervalMaxMs: 300_000 }),
    hour({ hourAt: 2, assetClass: 'crypto', intervalMedianMs: null, intervalMaxMs: null }),
    hour({ tier: 'sp500' }),
  ]
  const [equity, crypto] = classCadences('core', hours, [
    { tier: 'core', assetClass: 'equity', members: 100 },
  ])
  expect(equity).toMatchObject({
    members: 100,
    due: 120,
    served: 110,
    missed: 10,
    intervalMedianMs: 63_000,
    intervalMaxMs: 300_000,
    hours: [
      { at: 1, due: 60, served: 60 },
      { at: 2, due: 60, served: 50 },
    ],
  })
  expect(crypto).toMatchObject({ assetClass: 'crypto', members: 0, intervalMedianMs: null })
})

it('a class with members that was never due is there, with nothing', () => {
  const [fx] = classCadences('core', [], [{ tier: 'core', assetClass: 'fx', members: 7 }])
  expect(fx).toMatchObject({ assetClass: 'fx', members: 7, due: 0, hours: [], intervalMedianMs: null })
})
