import { describe, expect, it } from 'vitest'
import { countStates, eventAge, freshnessOf, seriesFreshness } from './quote-freshness.ts'

const at = (iso: string): number => Date.parse(iso) * 1_000
const MIN = 60e6
const open = at('2026-11-23T15:42:00Z')
const row = {
  assetClass: 'equity' as const,
  ts: open - 30e6,
  fetchedAt: open - 20e6,
  delayedMinutes: 0,
  staleAfterUs: 2 * MIN,
}

describe('freshness', () => {
  it('is fresh within twice its cadence and stale past it', () => {
    expect(freshnessOf(row, open)).toBe('fresh')
    expect(freshnessOf(row, open + 3 * MIN)).toBe('stale')
  })

  it('a delayed feed is delayed, not stale, while it keeps coming', () => {
    const delayed = { ...row, ts: open - 15 * MIN, delayedMinutes: 15 }
    expect(freshnessOf(delayed, open)).toBe('delayed')
    expect(freshnessOf(delayed, open + 3 * MIN)).toBe('stale')
  })

  it('nothing is stale while the venue is closed', () => {
    expect(freshnessOf(row, at('2026-11-24T05:00:00Z'))).toBe('fresh')
    expect(freshnessOf({ ...row, staleAfterUs: null }, open + 60 * MIN)).toBe('fresh')
  })

  it('at the open the wait starts anew', () => {
    const yesterday = { ...row, ts: at('2026-11-20T21:00:00Z'), fetchedAt: at('2026-11-20T21:00:00Z') }
    expect(freshnessOf(yesterday, at('2026-11-23T14:31:00Z'))).toBe('fresh')
    expect(freshnessOf(yesterday, at('2026-11-23T14:33:00Z'))).toBe('stale')
  })

  it('a coin is owed around the clock, past midnight too', () => {
    const coin = {
      ...row,
      assetClass: 'crypto' as const,
      ts: at('2026-11-22T23:50:00Z'),
      fetchedAt: at('2026-11-22T23:50:00Z'),
    }
    expect(freshnessOf(coin, at('2026-11-23T00:01:00Z'))).toBe('stale')
  })

  it('an event from the future is no negative age', () => {
    expect(eventAge({ ts: open + 5 }, open)).toBe(0)
  })
})

describe('states of many', () => {
  it('counts each row once, by its own venue', () => {
    const coin = { ...row, assetClass: 'crypto' as const }
    const rows = [row, { ...row, delayedMinutes: 15 }, { ...row, fetchedAt: open - 9 * MIN, ts: 0 }, coin]
    expect(countStates(rows, open)).toEqual({ live: 2, delayed: 1, stale: 1, closed: 0 })
    const night = at('2026-11-24T05:00:00Z')
    expect(countStates([...rows, { ...coin, fetchedAt: night }], night)).toEqual({
      live: 1,
      delayed: 0,
      stale: 1,
      closed: 3,
    })
  })
})

describe('bars', () => {
  const series = { key: 'equity:US:AAPL', resolution: { name: '5m', lengthUs: 5 * MIN } }
  const bar = { ts: open - 5 * MIN }

  it('are stale when none came for two of their lengths and half an hour of the session', () => {
    expect(seriesFreshness({ series, bar, mover: null }, open)).toBe('fresh')
    expect(seriesFreshness({ series, bar, mover: null }, open + 40 * MIN)).toBe('fresh')
    expect(seriesFreshness({ series, bar, mover: null }, open + 41 * MIN)).toBe('stale')
  })

  it('follow the quote that moves them, and owe nothing outside a session or within a day', () => {
    expect(seriesFreshness({ series, bar, mover: { ...row, delayedMinutes: 15 } }, open)).toBe('delayed')
    expect(seriesFreshness({ series, bar, mover: row }, open + 3 * MIN)).toBe('stale')
    expect(seriesFreshness({ series, bar, mover: null }, at('2026-11-24T05:00:00Z'))).toBe('fresh')
    const days = { ...series, resolution: { name: '1d', lengthUs: null } }
    expect(seriesFreshness({ series: days, bar, mover: null }, open + 300 * MIN)).toBe('fresh')
  })
})
