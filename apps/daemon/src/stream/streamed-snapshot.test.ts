import { instantInZone, type Quote } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import { streamedSnapshot } from './streamed-snapshot.ts'

const ny = (hours: number, minutes = 0) =>
  instantInZone('2026-11-18', (hours * 60 + minutes) * 60_000, 'America/New_York')
const quote = (ts: number, last: number | null, volume: number | null = null): Quote =>
  ({ assetClass: 'equity', symbol: 'AAPL', ts, last, volume }) as Quote
const today = {
  sessionDate: '2026-11-18',
  day: { open: 100, high: 105, low: 99, close: 101, volume: 5_000 },
  previousClose: 98,
}
const yesterday = { ...today, sessionDate: '2026-11-17' }

describe('a streamed price', () => {
  it('widens the day that the last sweep told of', () => {
    const known = [today, null]
    expect(streamedSnapshot(quote(ny(12), 107, 6_000), { known, lastBefore: null })).toMatchObject({
      day: { open: 100, high: 107, low: 99, close: 107, volume: 6_000 },
      previousClose: 98,
      sessionDate: '2026-11-18',
    })
  })

  it('leaves the day alone outside regular hours, and its volume where it knows less', () => {
    const known = [today]
    expect(streamedSnapshot(quote(ny(17), 110), { known, lastBefore: null })!.day).toEqual(today.day)
    expect(streamedSnapshot(quote(ny(12), 101, 10), { known, lastBefore: null })!.day!.volume).toBe(5_000)
  })

  it('of a new session has no day yet, but knows the close before it', () => {
    expect(
      streamedSnapshot(quote(ny(9, 31), 102), { known: [null, yesterday], lastBefore: null }),
    ).toMatchObject({
      day: null,
      previousClose: 101,
    })
  })

  it('takes the last price before where only a side moved; without any there is nothing to say', () => {
    expect(streamedSnapshot(quote(ny(12), null), { known: [today], lastBefore: 101 })).toMatchObject({
      quote: { last: 101 },
      day: today.day,
    })
    expect(streamedSnapshot(quote(ny(12), null), { known: [today], lastBefore: null })).toBeNull()
  })
})
