import { DAY_US } from '@onetape/market'
import { expect, it } from 'vitest'
import type { DataTier } from './capability.ts'
import { requireAccess, requireHistory } from './require-access.ts'

const tier: DataTier = {
  name: 'small',
  label: 'Small',
  access: { equity: { charts: { delayedMinutes: 15, feed: 'delayed', historyDays: 10 } } },
  limits: [],
}
const access = tier.access.equity!.charts!

it('gives what the tier grants and names what it does not', () => {
  expect(requireAccess('acme', tier, { assetClass: 'equity', kind: 'charts' })).toBe(access)
  for (const need of [
    { assetClass: 'equity', kind: 'quotes' },
    { assetClass: 'crypto', kind: 'charts' },
  ] as const) {
    expect(() => requireAccess('acme', tier, need)).toThrow(
      expect.objectContaining({ kind: 'not_entitled', provider: 'acme' }),
    )
  }
  expect(() => requireAccess('acme', tier, { assetClass: 'equity', kind: 'quotes' })).toThrow(
    'the Small plan of acme does not include current prices of equity',
  )
})

it('cuts a range at the depth of history and refuses one that lies before it', () => {
  const now = 100 * DAY_US
  const from = (days: number, to: number) =>
    requireHistory('acme', { tier, access }, { from: days * DAY_US, to: to * DAY_US, now })
  expect(from(95, 99)).toBe(95 * DAY_US)
  expect(from(50, 99)).toBe(90 * DAY_US)
  expect(() => from(50, 90)).toThrow('reaches back 10 days only')
  const deep = { ...access, historyDays: undefined }
  expect(requireHistory('acme', { tier, access: deep }, { from: 1, to: 2, now })).toBe(1)
})
