import { expect, it } from 'vitest'
import { agreedActions } from './agreed-actions.ts'

const dividend = (exDate: string, amount: number, source: string) => ({
  kind: 'dividend',
  exDate,
  ratio: null,
  amount,
  source,
})

it('joins what several sources agree on and keeps what they do not', () => {
  const agreed = agreedActions([
    dividend('2026-07-23', 0.26, 'polygon'),
    dividend('2026-10-23', 0.26, 'polygon'),
    dividend('2026-10-23', 0.26, 'yahoo'),
    dividend('2026-10-23', 0.2426, 'alpaca'),
  ])
  expect(agreed.map((a) => [a.exDate, a.amount, a.sources])).toEqual([
    ['2026-10-23', 0.26, ['polygon', 'yahoo']],
    ['2026-10-23', 0.2426, ['alpaca']],
    ['2026-07-23', 0.26, ['polygon']],
  ])
})
