import { instantInZone, MINUTE_US, SECOND_US } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import {
  nextSlotAt,
  nextSweepAt,
  slotOf,
  slotStart,
  slotsIn,
  trades,
  tradesThrough,
  tradingSpans,
} from './slots.ts'

const NY = 'America/New_York'
const at = (date: string, time: string) => {
  const [h = 0, m = 0, s = 0] = time.split(':').map(Number)
  return instantInZone(date, ((h * 60 + m) * 60 + s) * 1000, NY)
}

describe('slots', () => {
  it('begin on a grid of their own', () => {
    const open = at('2026-11-18', '10:00')
    expect(slotStart(open + 59 * SECOND_US, 60)).toBe(open)
    expect(slotStart(open + 17 * MINUTE_US, 300)).toBe(open + 15 * MINUTE_US)
    expect(nextSlotAt(open + 17 * MINUTE_US, 300)).toBe(open + 20 * MINUTE_US)
    expect(slotOf(open + MINUTE_US, 60) - slotOf(open, 60)).toBe(1)
  })
})

describe('slots that a tier should have had', () => {
  const [from, to] = [at('2026-11-18', '19:58'), at('2026-11-19', '04:02')]
  const count = (o: Partial<Parameters<typeof slotsIn>[0]>) =>
    slotsIn({ assetClass: 'equity', frequencyS: 60, from, to, ...o })

  it('are those in which the class trades, counted by the hour', () => {
    expect(count({})).toEqual({
      fromAt: from,
      toAt: to - MINUTE_US,
      slots: 4,
      hours: [
        { hourAt: at('2026-11-18', '19:00'), slots: 2 },
        { hourAt: at('2026-11-19', '04:00'), slots: 2 },
      ],
    })
    expect(count({ assetClass: 'crypto' })).toMatchObject({ slots: (8 * 60 + 4) * 1 })
    expect(count({ frequencyS: 3_600 })).toMatchObject({ slots: 1, fromAt: at('2026-11-19', '04:00') })
    expect(count({ from: at('2026-11-21', '00:00'), to: at('2026-11-23', '04:00') })).toBeNull()
  })

  it('are none where the market clock jumped', () => {
    const skipped = [{ from: from + 30 * SECOND_US, to: to - MINUTE_US }]
    expect(count({ skipped })).toMatchObject({ slots: 2, fromAt: from, toAt: to - MINUTE_US })
  })

  it('are counted once where sessions meet within one', () => {
    const week = {
      assetClass: 'fx',
      frequencyS: 7_200,
      from: at('2026-11-23', '17:00') - 1,
      to: at('2026-11-24', '17:00'),
    } as const
    expect(count(week)).toMatchObject({ slots: 12 })
  })
})

describe('a stretch of trading', () => {
  it('ends where the venue closes and goes on where sessions meet', () => {
    const night = { from: at('2026-11-18', '19:00'), to: at('2026-11-19', '05:00') }
    expect(tradingSpans('equity', night)).toEqual([
      { from: night.from, to: at('2026-11-18', '20:00') },
      { from: at('2026-11-19', '04:00'), to: night.to },
    ])
    expect([
      tradesThrough('equity', night),
      tradesThrough('fx', night),
      tradesThrough('crypto', night),
    ]).toEqual([false, true, true])
  })
})

describe('when equities have slots', () => {
  it.each([
    ['a Wednesday before 04:00', '2026-11-18', '03:59:59', false],
    ['pre-market', '2026-11-18', '04:00', true],
    ['the session', '2026-11-18', '12:00', true],
    ['post-market', '2026-11-18', '19:59:59', true],
    ['the night', '2026-11-18', '20:00', false],
    ['Saturday', '2026-11-21', '12:00', false],
    ['Thanksgiving', '2026-11-26', '12:00', false],
    ['post-market of the early close', '2026-11-27', '16:59:59', true],
    ['after the early close', '2026-11-27', '17:00', false],
    // The clocks went forward on 8 March 2026 and back on 1 November.
    ['pre-market in winter, 09:00Z', '2026-03-06', '04:00', true],
    ['pre-market in summer, 08:00Z', '2026-03-09', '04:00', true],
    ['an hour before it in summer, 07:59Z', '2026-03-09', '03:59', false],
    ['post-market after the change back', '2026-11-02', '19:59', true],
    ['the hour after it', '2026-11-02', '20:00', false],
  ])('%s: %s %s %s', (_, date, time, open) => {
    expect(trades('equity', at(date, time))).toBe(open)
  })

  it('the same hour of the day lies an hour apart in UTC around a change of clocks', () => {
    expect(trades('equity', Date.UTC(2026, 2, 6, 8, 30) * 1000)).toBe(false)
    expect(trades('equity', Date.UTC(2026, 2, 9, 8, 30) * 1000)).toBe(true)
  })

  it.each([
    ['Friday afternoon', '2026-11-20', '16:59:59', true],
    ['after the week', '2026-11-20', '17:00', false],
    ['Saturday', '2026-11-21', '12:00', false],
    ['Sunday before the roll', '2026-11-22', '16:59:59', false],
    ['Sunday evening', '2026-11-22', '17:00', true],
    ['the roll within the week', '2026-11-24', '17:00', true],
    ['the night', '2026-11-25', '03:00', true],
    // The clocks went forward on 8 March 2026: the week opened an hour earlier in UTC.
    ['Sunday evening in summer, 21:00Z', '2026-03-08', '17:00', true],
    ['an hour before it', '2026-03-08', '16:00', false],
  ])('forex for its week: %s, %s %s %s', (_, date, time, open) => {
    expect(trades('fx', at(date, time))).toBe(open)
    expect(nextSweepAt('fx', at('2026-11-20', '16:59:30'), 60)).toBe(at('2026-11-22', '17:00'))
  })

  it('crypto always', () => {
    expect(trades('crypto', at('2026-11-21', '03:00'))).toBe(true)
  })
})

describe('when a tier is swept next', () => {
  it('its next slot while it trades', () => {
    const now = at('2026-11-18', '10:00:10')
    expect(nextSweepAt('equity', now, 300)).toBe(at('2026-11-18', '10:05'))
  })

  it('the next pre-market otherwise, over a holiday too', () => {
    expect(nextSweepAt('equity', at('2026-11-20', '21:00'), 60)).toBe(at('2026-11-23', '04:00'))
    expect(nextSweepAt('equity', at('2026-11-25', '21:00'), 60)).toBe(at('2026-11-27', '04:00'))
    expect(nextSweepAt('equity', at('2026-11-18', '19:59:30'), 60)).toBe(at('2026-11-19', '04:00'))
  })
})
