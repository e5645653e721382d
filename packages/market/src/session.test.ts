import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY_US, MINUTE_US, microsFromIso, SECOND_US } from './instant.ts'
import {
  lastSession,
  nextSession,
  sessionAt,
  sessionDateOf,
  sessionOn,
  sessionsBetween,
  type Venue,
  venueOf,
} from './session.ts'
import { dateInZone } from './zone.ts'

const us = (iso: string) => microsFromIso(iso)!
/** An instant given as New York wall time with its offset spelled out. */
const est = (text: string) => us(`${text}:00-05:00`)
const edt = (text: string) => us(`${text}:00-04:00`)

describe('XNYS', () => {
  it('opens at 09:30 and closes at 16:00 New York, in winter and in summer', () => {
    expect(sessionOn('XNYS', '2026-11-23')).toEqual({
      venue: 'XNYS',
      date: '2026-11-23',
      preOpen: est('2026-11-23T04:00'),
      open: est('2026-11-23T09:30'),
      close: est('2026-11-23T16:00'),
      postClose: est('2026-11-23T20:00'),
      earlyClose: false,
    })
    expect(sessionOn('XNYS', '2026-07-01')!.open).toBe(edt('2026-07-01T09:30'))
  })

  it('moves with the clocks over both changes of 2026', () => {
    expect(sessionOn('XNYS', '2026-03-06')!.open).toBe(us('2026-03-06T14:30:00Z'))
    expect(sessionOn('XNYS', '2026-03-09')!.open).toBe(us('2026-03-09T13:30:00Z'))
    expect(sessionOn('XNYS', '2026-10-30')!.close).toBe(us('2026-10-30T20:00:00Z'))
    expect(sessionOn('XNYS', '2026-11-02')!.close).toBe(us('2026-11-02T21:00:00Z'))
  })

  it('changed the clocks in April until 2006', () => {
    expect(sessionOn('XNYS', '2006-03-31')!.open).toBe(us('2006-03-31T14:30:00Z'))
    expect(sessionOn('XNYS', '2006-04-03')!.open).toBe(us('2006-04-03T13:30:00Z'))
  })

  it('closes at 13:00 and ends the post-market at 17:00 on early closes', () => {
    for (const date of ['2026-11-27', '2026-12-24', '2018-07-03', '2003-12-26', '1999-12-31', '2002-07-05']) {
      const s = sessionOn('XNYS', date)!
      expect([
        date,
        s.earlyClose,
        (s.close - s.open) / MINUTE_US,
        (s.postClose - s.close) / MINUTE_US,
      ]).toEqual([date, true, 210, 240])
    }
    expect(sessionOn('XNYS', '2026-07-02')!.earlyClose).toBe(false)
    expect(sessionOn('XNYS', '2012-12-31')!.earlyClose).toBe(false)
  })

  it('is shut on holidays, weekends and days of mourning or disaster', () => {
    const shut = [
      '2001-09-11',
      '2001-09-14',
      '2004-06-11',
      '2007-01-02',
      '2012-10-29',
      '2012-10-30',
      '2018-12-05',
      '2025-01-09',
      '2022-06-20',
      '2026-06-19',
      '2027-06-18',
      '2026-07-03',
      '2026-04-03',
      '2026-12-25',
      '2026-11-22',
      '2026-11-21',
    ]
    for (const date of shut) expect([date, sessionOn('XNYS', date)]).toEqual([date, null])
    for (const date of ['2001-09-10', '2001-09-17', '2021-06-18', '2022-01-03', '2027-12-31', '2010-12-31']) {
      expect(sessionOn('XNYS', date)?.date).toBe(date)
    }
  })

  it('has as many sessions a year as the exchange counted', () => {
    const count = (year: number) => sessionsBetween('XNYS', `${year}-01-01`, `${year}-12-31`).length
    const counted = {
      2001: 248,
      2012: 250,
      2018: 251,
      2019: 252,
      2020: 253,
      2021: 252,
      2022: 251,
      2023: 250,
      2024: 252,
      2025: 250,
    }
    for (const [year, sessions] of Object.entries(counted))
      expect([year, count(Number(year))]).toEqual([year, sessions])
  })

  it('walks through the states of a day at their very microsecond', () => {
    const s = sessionOn('XNYS', '2026-11-25')!
    const at = (ts: number) => {
      const { state, session, nextChange } = sessionAt('XNYS', ts)
      return [state, session?.date ?? null, nextChange]
    }
    expect(at(s.preOpen - 1)).toEqual(['closed', null, { at: s.preOpen, state: 'pre' }])
    expect(at(s.preOpen)).toEqual(['pre', s.date, { at: s.open, state: 'open' }])
    expect(at(s.open - 1)[0]).toBe('pre')
    expect(at(s.open)).toEqual(['open', s.date, { at: s.close, state: 'post' }])
    expect(at(s.close)).toEqual(['post', s.date, { at: s.postClose, state: 'closed' }])
    // The next day is Thanksgiving.
    expect(at(s.postClose)).toEqual(['closed', null, { at: est('2026-11-27T04:00'), state: 'pre' }])
  })

  it('dates an event outside all sessions with the session before it', () => {
    expect(sessionDateOf('XNYS', est('2026-11-25T23:00'))).toBe('2026-11-25')
    expect(sessionDateOf('XNYS', est('2026-11-26T12:00'))).toBe('2026-11-25')
    expect(sessionDateOf('XNYS', est('2026-11-27T03:59'))).toBe('2026-11-25')
    expect(sessionDateOf('XNYS', est('2026-11-27T04:00'))).toBe('2026-11-27')
  })

  it('finds the sessions before and after', () => {
    const s = sessionOn('XNYS', '2026-11-27')!
    expect(nextSession('XNYS', s.open).date).toBe('2026-11-30')
    expect(nextSession('XNYS', s.open - 1).date).toBe('2026-11-27')
    expect(lastSession('XNYS', s.open).date).toBe('2026-11-27')
    expect(lastSession('XNYS', s.open - 1).date).toBe('2026-11-25')
    expect(nextSession('XNYS', edt('2001-09-10T16:00')).date).toBe('2001-09-17')
  })
})

describe('CRYPTO', () => {
  it('is always open, a UTC day at a time, and never changes', () => {
    const moment = sessionAt('CRYPTO', us('2026-12-25T23:59:59Z'))
    expect([moment.state, moment.session!.date, moment.nextChange]).toEqual(['open', '2026-12-25', null])
    expect(moment.session!.close - moment.session!.open).toBe(DAY_US)
    expect(sessionDateOf('CRYPTO', us('2026-12-26T00:00:00Z'))).toBe('2026-12-26')
  })
})

describe('FX', () => {
  it('opens on Sunday 17:00 New York and closes on Friday 17:00', () => {
    expect(sessionAt('FX', est('2026-11-22T17:00') - 1).state).toBe('closed')
    const opened = sessionAt('FX', est('2026-11-22T17:00'))
    expect([opened.state, opened.session!.date]).toEqual(['open', '2026-11-23'])
    expect(opened.nextChange).toEqual({ at: est('2026-11-27T17:00'), state: 'closed' })
    expect(sessionAt('FX', est('2026-11-27T17:00'))).toEqual({
      state: 'closed',
      session: null,
      nextChange: { at: est('2026-11-29T17:00'), state: 'open' },
    })
  })

  it('dates a session by its close at 17:00, also over a change of the clocks', () => {
    expect(sessionDateOf('FX', est('2026-11-24T16:59'))).toBe('2026-11-24')
    expect(sessionDateOf('FX', est('2026-11-24T17:00'))).toBe('2026-11-25')
    expect(sessionDateOf('FX', est('2026-11-28T12:00'))).toBe('2026-11-27')
    // The Sunday of the change: 17:00 is already counted in the new time.
    expect(sessionOn('FX', '2026-03-09')!.open).toBe(us('2026-03-08T21:00:00Z'))
    expect(sessionOn('FX', '2026-03-06')!.close).toBe(us('2026-03-06T22:00:00Z'))
  })
})

describe('every venue', () => {
  const venues = fc.constantFrom<Venue>('XNYS', 'CRYPTO', 'FX')
  const instants = fc.integer({
    min: us('1998-01-02T00:00:00Z') / SECOND_US,
    max: us('2032-12-30T00:00:00Z') / SECOND_US,
  })

  it('answers consistently at any instant', () => {
    fc.assert(
      fc.property(venues, instants, (venue, seconds) => {
        const ts = seconds * SECOND_US
        const { state, session, nextChange } = sessionAt(venue, ts)
        const last = lastSession(venue, ts)
        const next = nextSession(venue, ts)
        expect(last.open).toBeLessThanOrEqual(ts)
        expect(next.open).toBeGreaterThan(ts)
        expect(sessionsBetween(venue, last.date, next.date)).toEqual([last, next])
        expect(session === null).toBe(state === 'closed')
        if (session) {
          expect(session.preOpen <= ts && ts < session.postClose).toBe(true)
          expect(sessionOn(venue, session.date)).toBe(session)
        } else {
          expect(last.postClose <= ts && ts < next.preOpen).toBe(true)
        }
        expect(sessionDateOf(venue, ts)).toBe((session ?? last).date)
        if (nextChange) {
          expect(nextChange.at).toBeGreaterThan(ts)
          expect(sessionAt(venue, nextChange.at - 1).state).toBe(state)
          expect(sessionAt(venue, nextChange.at).state).toBe(nextChange.state)
          expect(nextChange.state).not.toBe(state)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('keeps XNYS within one New York day', () => {
    for (const s of sessionsBetween('XNYS', '1998-01-01', '2032-12-31')) {
      expect(dateInZone(s.preOpen, 'America/New_York')).toBe(s.date)
      expect(dateInZone(s.postClose - 1, 'America/New_York')).toBe(s.date)
    }
  })

  it('refuses what is no date or no instant, instead of guessing', () => {
    expect(() => sessionOn('XNYS', '2026-02-30')).toThrow('YYYY-MM-DD')
    expect(() => sessionOn('XNYS', 'yesterday')).toThrow(RangeError)
    expect(() => sessionAt('FX', Number.NaN)).toThrow('not an instant')
    expect(() => sessionAt('XNYS', 1.5)).toThrow(RangeError)
  })

  it('belongs to an asset class', () => {
    expect([
      venueOf('equity'),
      venueOf('option'),
      venueOf('index'),
      venueOf('crypto'),
      venueOf('fx'),
    ]).toEqual(['XNYS', 'XNYS', 'XNYS', 'CRYPTO', 'FX'])
  })
})
