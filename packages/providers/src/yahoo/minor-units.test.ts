import { expect, it } from 'vitest'
import { inCurrency, unitOf } from './minor-units.ts'

it('pence, agorot, cents and fils become their currency, other currencies stay', () => {
  const cases = [
    ['GBp', 305.5, 'GBP', 3.055],
    ['GBp', 1715.1, 'GBP', 17.151],
    ['GBp', 0.07, 'GBP', 0.0007],
    ['ILA', 123456, 'ILS', 1234.56],
    ['ZAc', 99, 'ZAR', 0.99],
    ['KWF', 850, 'KWD', 0.85],
    ['GBP', 305.5, 'GBP', 305.5],
    ['USD', 0.1 + 0.2, 'USD', 0.1 + 0.2],
  ] as const
  for (const [said, price, currency, expected] of cases) {
    const unit = unitOf(said)
    expect([unit.currency, inCurrency(price, unit)]).toEqual([currency, expected])
  }
})
