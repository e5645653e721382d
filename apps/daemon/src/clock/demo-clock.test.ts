import { instantInZone, sessionAt } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import { landingAfterClose, landingAtStart } from './demo-clock.ts'

const ny = (date: string, hours: number, minutes = 0) =>
  instantInZone(date, (hours * 60 + minutes) * 60_000, 'America/New_York')

describe('where demo lands', () => {
  it('stays where the regular session is open', () => {
    expect(landingAtStart(ny('2026-11-18', 9, 30))).toBeNull()
    expect(landingAtStart(ny('2026-11-18', 15, 59))).toBeNull()
  })

  it.each([
    ['before the open', ny('2026-11-18', 5), '2026-11-18'],
    ['after the close', ny('2026-11-18', 17), '2026-11-19'],
    ['on a Sunday', ny('2026-11-22', 12), '2026-11-23'],
    ['on Thanksgiving', ny('2026-11-26', 12), '2026-11-27'],
  ])('at start, %s, in the open session that comes next', (_, now, date) => {
    const landing = landingAtStart(now)!
    expect(landing).toBeGreaterThan(now)
    expect(sessionAt('XNYS', landing)).toMatchObject({ state: 'open', session: { date } })
  })

  it('goes on to the next open itself after the close jobs', () => {
    expect(landingAfterClose(ny('2026-11-20', 20, 1))).toBe(ny('2026-11-23', 9, 30))
  })
})
