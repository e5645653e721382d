import { expect, it } from 'vitest'
import { latestView } from '../../test/latest-view.ts'
import { quoteOfLatest } from './quote-of-latest.ts'

const changeOf = (last: number, previousClose: number | null) => {
  const { change, changePct } = quoteOfLatest(latestView('X', { batchId: 1, last, previousClose }), null)
  return [change, changePct]
}

it('takes the difference with the digits of the prices', () => {
  expect(changeOf(234.56, 230.11)).toEqual([4.45, 1.9339])
  expect(changeOf(99.5, 100)).toEqual([-0.5, -0.5])
  expect(changeOf(0.00001234, 0.00001)).toEqual([0.00000234, 23.4])
  expect(changeOf(1e-7, 3e-7)).toEqual([-2e-7, -66.6667])
})

it('knows no change without a previous close', () => {
  expect(changeOf(5, null)).toEqual([null, null])
  expect(changeOf(5, 0)).toEqual([null, null])
})

it('carries the provenance and the age from which it is stale', () => {
  const row = quoteOfLatest(latestView('AAPL', { batchId: 9, feed: 'sip', source: 'yahoo' }), 120_000_000)
  expect(row).toMatchObject({
    source: 'yahoo',
    feed: 'sip',
    batchId: 9,
    staleAfterUs: 120_000_000,
    tsOrigin: 'vendor',
  })
  expect(row).not.toHaveProperty('instrumentId')
})
