import { expect, it } from 'vitest'
import { latestView } from '../../test/latest-view.ts'
import type { StaleRule } from './cadence.ts'
import { quoteOfLatest } from './quote-of-latest.ts'
import { Slot } from './slot.ts'

const rule = (staleAfterUs: number | null): StaleRule => ({ staleAfterUs: () => staleAfterUs })
const text = (json: Uint8Array) => Buffer.from(json).toString('latin1')
const staleIn = (json: Uint8Array) => JSON.parse(text(json)).staleAfterUs

it('is written once, and again when the row or what is stale has changed', () => {
  const slot = new Slot(latestView('AAPL', { batchId: 1, name: 'Apple' }))
  const inSession = rule(120_000_000)
  const first = slot.json(inSession)
  expect(slot.json(inSession)).toBe(first)
  expect(slot.json(rule(120_000_000))).toBe(first)
  expect(staleIn(slot.json(rule(null)))).toBeNull()
  expect(staleIn(slot.json(inSession))).toBe(120_000_000)
  slot.hold(latestView('AAPL', { batchId: 2, name: 'Apple Inc.', last: 5 }))
  expect(JSON.parse(text(slot.json(inSession)))).toMatchObject({ name: 'Apple Inc.', last: 5, batchId: 2 })
})

it('takes rows of any length, one after the other', () => {
  const slot = new Slot(latestView('AAPL', { batchId: 1 }))
  const rows = [1, 100_000, 0.1234, 3].flatMap((last) => [
    latestView('AAPL', { batchId: 2, last, name: 'A' }),
    latestView('AAPL', { batchId: 2, last, bid: 1e-9, ask: 123_456_789.123, name: 'A'.repeat(last % 999) }),
  ])
  for (const row of rows) {
    slot.hold(row)
    expect(text(slot.json(rule(null)))).toBe(JSON.stringify(quoteOfLatest(row, null)))
  }
})
