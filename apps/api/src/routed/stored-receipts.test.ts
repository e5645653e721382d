import type { Instrument } from '@onetape/db'
import { expect, it } from 'vitest'
import { storedReceipt } from './stored-receipts.ts'

const apple: Instrument = {
  ...{ id: 1, key: 'equity:US:AAPL', assetClass: 'equity' as const, symbol: 'AAPL', name: 'Apple Inc.' },
  ...{ currency: 'USD', listingType: null },
}
const tick = {
  ...{ batchId: 7, ts: 1_000_000, fetchedAt: 3_500_000, price: 12.5, volume: 700 },
  ...{ source: 'yahoo', feed: 'sip', attempts: null as unknown },
}
const clock = { now: () => 9_000_000 }

it('tells who served, both clocks, and how old the price was when it came', () => {
  const { batchId, price, receipt } = storedReceipt(apple, tick, clock)
  expect([batchId, price]).toEqual([7, 12.5])
  expect(receipt).toMatchObject({
    ...{ source: 'yahoo', feed: 'sip', ts: 1_000_000, fetchedAt: 3_500_000, ageMs: 2_500 },
    ...{ freshness: 'tape', order: 'house', answeredAt: 9_000_000 },
    attempts: [{ source: 'yahoo', outcome: 'served' }],
  })
})

it('has the attempts that its batch kept', () => {
  const attempts = [
    { source: 'polygon', outcome: 'skipped', reason: 'breaker_open', message: 'it failed lately' },
    { source: 'yahoo', outcome: 'served', asked: 1, served: 1 },
  ]
  const { receipt } = storedReceipt(apple, { ...tick, attempts }, clock)
  expect(receipt.attempts.map((a) => [a.source, a.outcome, a.reason])).toEqual([
    ['polygon', 'skipped', 'breaker_open'],
    ['yahoo', 'served', null],
  ])
})
