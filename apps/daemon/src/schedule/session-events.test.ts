import { instantInZone, MINUTE_US } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import { closeJobsDue, closeSweepDue, lastEndedSession } from './session-events.ts'

const ny = (date: string, hours: number, minutes = 0) =>
  instantInZone(date, (hours * 60 + minutes) * 60_000, 'America/New_York')

describe('the sweep after the close', () => {
  it('comes a minute after the close, once', () => {
    expect(closeSweepDue('XNYS', ny('2026-11-18', 16, 0), null)).toBeNull()
    expect(closeSweepDue('XNYS', ny('2026-11-18', 16, 1), null)?.date).toBe('2026-11-18')
    expect(closeSweepDue('XNYS', ny('2026-11-18', 16, 2), '2026-11-18')).toBeNull()
    expect(closeSweepDue('XNYS', ny('2026-11-19', 16, 2), '2026-11-18')?.date).toBe('2026-11-19')
  })

  it('comes earlier on an early close, and never where nothing follows the close', () => {
    expect(closeSweepDue('XNYS', ny('2026-11-27', 13, 1), null)?.date).toBe('2026-11-27')
    expect(closeSweepDue('CRYPTO', ny('2026-11-27', 13, 1), null)).toBeNull()
    for (const minute of [0, 1, 2]) {
      expect(closeSweepDue('FX', ny('2026-11-18', 17, minute), null)).toBeNull()
      expect(closeSweepDue('FX', ny('2026-11-20', 17, minute), null)).toBeNull()
    }
  })
})

describe('close jobs', () => {
  it('wait for the end of post-market and for a delayed feed', () => {
    const end = ny('2026-11-18', 20)
    expect(closeJobsDue('XNYS', end, '2026-11-17')).toBeNull()
    expect(closeJobsDue('XNYS', end + MINUTE_US, '2026-11-17')?.date).toBe('2026-11-18')
    expect(closeJobsDue('XNYS', end + MINUTE_US, '2026-11-17', 15 * MINUTE_US)).toBeNull()
    expect(closeJobsDue('XNYS', end + 16 * MINUTE_US, '2026-11-17', 15 * MINUTE_US)?.date).toBe('2026-11-18')
  })

  it('stay due until they are done, then rest over the weekend', () => {
    expect(closeJobsDue('XNYS', ny('2026-11-21', 12), '2026-11-19')?.date).toBe('2026-11-20')
    expect(closeJobsDue('XNYS', ny('2026-11-22', 12), '2026-11-20')).toBeNull()
    expect(closeJobsDue('XNYS', ny('2026-11-23', 12), '2026-11-20')).toBeNull()
  })

  it('of crypto come after midnight UTC', () => {
    const midnight = Date.UTC(2026, 10, 19) * 1000
    expect(closeJobsDue('CRYPTO', midnight + MINUTE_US, '2026-11-17')?.date).toBe('2026-11-18')
    expect(closeJobsDue('CRYPTO', midnight, '2026-11-17')).toBeNull()
  })

  it('of forex come at 17:00 New York, on weekdays, for the day that ends then', () => {
    expect(closeJobsDue('FX', ny('2026-11-18', 17), '2026-11-17')).toBeNull()
    expect(closeJobsDue('FX', ny('2026-11-18', 17, 1), '2026-11-17')?.date).toBe('2026-11-18')
    expect(closeJobsDue('FX', ny('2026-11-20', 17, 1), '2026-11-19')?.date).toBe('2026-11-20')
    expect(closeJobsDue('FX', ny('2026-11-22', 17, 1), '2026-11-20')).toBeNull()
    expect(closeJobsDue('FX', ny('2026-11-23', 17, 1), '2026-11-20')?.date).toBe('2026-11-23')
  })

  it('know the last session that is over', () => {
    expect(lastEndedSession('XNYS', ny('2026-11-18', 12)).date).toBe('2026-11-17')
    expect(lastEndedSession('XNYS', ny('2026-11-18', 20)).date).toBe('2026-11-18')
    expect(lastEndedSession('XNYS', ny('2026-11-28', 12)).date).toBe('2026-11-27')
  })
})
