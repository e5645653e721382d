import { expect, test } from 'vitest'
import { DatabaseProblem } from '../problem.ts'
import { isLasting } from './lasting.ts'

const withCode = (code: string) => Object.assign(new Error('no'), { code })

test('the rows are at fault: values, constraints, a range that is detached, a statement that takes too long', () => {
  for (const code of ['22003', '23514', '42P01', '57014', 'XX000'])
    expect([code, isLasting(withCode(code))]).toEqual([code, true])
  expect(isLasting(new DatabaseProblem('Rows of 2015-01-05 belong to a partition that is detached.'))).toBe(
    true,
  )
})

test('the circumstances are: connections, locks, conflicts, resources, shutdown', () => {
  const passing = [
    '08006',
    '40001',
    '40P01',
    '53100',
    '55P03',
    '57P01',
    '25006',
    'ECONNREFUSED',
    'ECONNRESET',
  ]
  for (const code of passing) expect([code, isLasting(withCode(code))]).toEqual([code, false])
  for (const other of [new Error('Connection terminated'), null, 'no']) expect(isLasting(other)).toBe(false)
})
