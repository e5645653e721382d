import { HOUR_US, MINUTE_US, microsFromIso, type Timeframe, type Venue } from '@onetape/market'
import { expect, test } from 'vitest'
import { cadencesBefore } from './cadences.ts'

const us = (iso: string) => microsFromIso(iso)!
const two = (start: string, timeframe: Timeframe, venue: Venue = 'XNYS') =>
  cadencesBefore(us(start), { timeframe, venue, count: 2 })

test('within a session two bars are twice their length', () => {
  expect(two('2026-11-20T15:00:00Z', '5m')).toBe(us('2026-11-20T14:50:00Z'))
  expect(two('2026-11-20T15:00:00Z', '1h', 'CRYPTO')).toBe(us('2026-11-20T13:00:00Z'))
})

test('at the open they reach into the session before, over a week-end and an early close', () => {
  const monday = us('2026-11-23T14:30:00Z')
  expect(cadencesBefore(monday, { timeframe: '1m', venue: 'XNYS', count: 2 })).toBe(
    us('2026-11-20T21:00:00Z') - 2 * MINUTE_US,
  )
  expect(two('2026-11-30T14:30:00Z', '1m')).toBe(us('2026-11-27T18:00:00Z') - 2 * MINUTE_US)
  // Before the open as well, once they reach past its beginning.
  expect(two('2026-11-23T09:00:00Z', '1h')).toBe(us('2026-11-20T21:00:00Z') - 2 * HOUR_US)
  expect(two('2026-11-23T12:00:00Z', '1h')).toBe(us('2026-11-23T10:00:00Z'))
})

test('of days two sessions, of weeks and months two of them', () => {
  expect(two('2026-11-23T00:00:00Z', '1d')).toBe(us('2026-11-19T00:00:00Z'))
  expect(two('2026-11-27T00:00:00Z', '1d')).toBe(us('2026-11-24T00:00:00Z'))
  expect(two('2026-11-23T00:00:00Z', '1w')).toBe(us('2026-11-09T00:00:00Z'))
  expect(two('2026-11-01T00:00:00Z', '1mo')).toBe(us('2026-09-01T00:00:00Z'))
})
