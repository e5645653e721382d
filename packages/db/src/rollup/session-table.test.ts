import { MINUTE_US, type Micros, sessionOn, sessionsBetween, type Venue } from '@onetape/market'
import { describe, expect, test } from 'vitest'
import { sessionValues } from './session-table.ts'
import { COARSE, FINE } from './timeframes.ts'

const at = (iso: string): Micros => Date.parse(iso) * 1000

function rowsOf(from: string, to: string): { key: string; hours: string }[] {
  const columns = sessionValues(at(from), at(to)).map((column) => column.slice(1, -1).split(','))
  const [classes, utcDates, dates, opens, closes] = columns as [
    string[],
    string[],
    string[],
    string[],
    string[],
  ]
  return classes.map((c, i) => ({
    key: `${c} ${utcDates[i]} ${dates[i]}`,
    hours: `${opens[i]?.slice(5, 16)} ${closes[i]?.slice(5, 16)}`,
  }))
}

describe('the calendar as parameters', () => {
  test('has a row for each UTC date that a session reaches into', () => {
    const rows = rowsOf('2026-11-20T22:30:00Z', '2026-11-20T23:00:00Z')
    // New York and forex have closed for the week.
    expect(rows).toEqual([{ key: 'crypto 2026-11-20 2026-11-20', hours: '11-20T00:00 11-21T00:00' }])
    const night = rowsOf('2026-11-18T22:30:00Z', '2026-11-18T23:00:00Z').filter((r) => r.key.startsWith('fx'))
    expect(night).toEqual([
      { key: 'fx 2026-11-18 2026-11-19', hours: '11-18T22:00 11-19T22:00' },
      { key: 'fx 2026-11-19 2026-11-19', hours: '11-18T22:00 11-19T22:00' },
    ])
  })

  test('knows early closes and what an instant belongs to at the very end of a session', () => {
    const early = rowsOf('2026-11-27T15:00:00Z', '2026-11-27T15:01:00Z')
    expect(early).toContainEqual({ key: 'equity 2026-11-27 2026-11-27', hours: '11-27T14:30 11-27T18:00' })
    const { close } = sessionOn('XNYS', '2026-11-20')!
    const iso = new Date(close / 1000).toISOString()
    expect(rowsOf(iso, iso).some((r) => r.key.startsWith('equity'))).toBe(false)
  })

  test('says what all of them span, and no less than the batch', () => {
    const [from, to] = sessionValues(at('2026-11-20T15:00:00Z'), at('2026-11-20T16:00:00Z')).slice(-2)
    expect([from?.slice(0, 16), to?.slice(0, 16)]).toEqual(['2026-11-19T22:00', '2026-11-21T00:00'])
  })
})

test('sessions of all venues begin and end with a coarse bucket, which holds whole fine ones', () => {
  const coarse = 30 * MINUTE_US
  expect([FINE.timeframe, COARSE.timeframe]).toEqual(['5m', '30m'])
  const sessions = (['XNYS', 'CRYPTO', 'FX'] satisfies Venue[]).flatMap((venue) =>
    sessionsBetween(venue, '1998-01-01', '2032-12-31'),
  )
  expect(sessions.length).toBeGreaterThan(20_000)
  expect(sessions.filter(({ open, close }) => open % coarse !== 0 || close % coarse !== 0)).toEqual([])
})
