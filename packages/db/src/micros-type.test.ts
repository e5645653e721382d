import { isoFromMicros } from '@onetape/market'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decimalText } from './decimal-type.ts'
import { microsFromServer } from './micros-type.ts'

test('an instant as the server writes it', () => {
  expect(microsFromServer('2026-11-20 15:00:00+00')).toBe(Date.UTC(2026, 10, 20, 15) * 1000)
  expect(microsFromServer('2026-11-20 15:00:00.000001+00')).toBe(Date.UTC(2026, 10, 20, 15) * 1000 + 1)
  expect(microsFromServer('2026-11-20 10:30:00.5-04:30')).toBe(Date.UTC(2026, 10, 20, 15) * 1000 + 500_000)
  expect(() => microsFromServer('infinity')).toThrow(RangeError)
})

test('every microsecond survives being written and read', () => {
  const micros = fc.integer({ min: -2_000_000_000_000_000, max: 9_000_000_000_000_000 })
  fc.assert(fc.property(micros, (us) => microsFromServer(isoFromMicros(us)) === us))
})

test('a number of up to 15 digits survives; noise behind them does not', () => {
  const digits = fc.tuple(fc.integer({ min: -99_999_999, max: 99_999_999 }), fc.integer({ min: 0, max: 8 }))
  fc.assert(fc.property(digits, ([n, scale]) => Number(decimalText(n / 10 ** scale)) === n / 10 ** scale))
  expect(decimalText(0.1 + 0.2)).toBe('0.3')
  expect(decimalText(1e-7)).toBe('1e-7')
  expect(decimalText(123456789.123456)).toBe('123456789.123456')
})
