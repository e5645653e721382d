import { expect, it } from 'vitest'
import { latestView } from '../../test/latest-view.ts'
import type { StaleRule } from './cadence.ts'
import { Slot } from './slot.ts'

const rule = (staleAfterUs: number | null): StaleRule => ({ staleAfterUs: () => staleAfterUs })
const staleIn = (json: string) => JSON.parse(json).staleAfterUs

it('is written once, and again when the row or what is stale has changed', () => {
  const slot = new Slot(latestView('AAPL', { batchId: 1, name: 'Apple' }))
  const inSession = rule(120_000_000)
  const first = slot.json(inSession)
  expect(slot.json(inSession)).toBe(first)
  expect(slot.json(rule(120_000_000))).toBe(first)
  expect(staleIn(slot.json(rule(null)))).toBeNull()
  expect(staleIn(slot.json(inSession))).toBe(120_000_000)
  slot.hold(latestView('AAPL', { batchId: 2, name: 'Apple Inc.', last: 5 }))
  expect(JSON.parse(slot.json(inSession))).toMatchObject({ name: 'Apple Inc.', last: 5, batchId: 2 })
})
