import { MINUTE_US, SECOND_US } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import { createTierBook, type SweepOutcome } from './tier-book.ts'

const at = Date.UTC(2026, 10, 18, 15) * 1000
const outcome = (over: Partial<SweepOutcome> = {}): SweepOutcome => ({
  tier: 'core',
  assetClass: 'equity',
  frequencyS: 60,
  at,
  answered: true,
  sources: ['polygon'],
  asked: 100,
  accepted: 100,
  missing: 0,
  refused: 0,
  dropped: 0,
  findings: 0,
  delayedMinutes: 0,
  ...over,
})

describe('the tier book', () => {
  it('says that a tier is level, and when it is swept next', () => {
    expect(createTierBook(new Map()).syncOf(outcome({ at: at + 10 * SECOND_US }))).toEqual({
      scope: 'tier:core',
      lastSync: at + 10 * SECOND_US,
      nextSync: at + MINUTE_US,
      status: 'ok',
      rowsBehind: 0,
      secondsBehind: 0,
      detail: { sources: ['polygon'] },
    })
  })

  it('does not let a well asset class hide a failing one', () => {
    const book = createTierBook(new Map())
    book.syncOf(outcome())
    book.syncOf(outcome({ at: at + MINUTE_US, answered: false, missing: 100, sources: [] }))
    const crypto = outcome({ assetClass: 'crypto', at: at + 2 * MINUTE_US, sources: ['coinbase'] })
    expect(book.syncOf(crypto)).toMatchObject({
      lastSync: at + 2 * MINUTE_US,
      status: 'failing',
      rowsBehind: 100,
      secondsBehind: 120,
    })
    expect(book.syncOf(outcome({ at: at + 2 * MINUTE_US }))).toMatchObject({ status: 'ok', secondsBehind: 0 })
  })

  it('counts from the last sync before a restart, and writes nothing where there was none', () => {
    const failed = outcome({ answered: false })
    expect(createTierBook(new Map()).syncOf(failed)).toBeNull()
    const book = createTierBook(new Map([['core', at - 5 * MINUTE_US]]))
    expect(book.syncOf(failed)).toMatchObject({ lastSync: at - 5 * MINUTE_US, secondsBehind: 300 })
  })

  it('marks a tier of which some instruments found no answer', () => {
    expect(createTierBook(new Map()).syncOf(outcome({ missing: 3 }))).toMatchObject({
      status: 'partial',
      rowsBehind: 3,
    })
  })
})
