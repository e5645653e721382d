import { MINUTE_US, SECOND_US, type Snapshot } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import { toRows } from './to-rows.ts'

const minute = Date.UTC(2026, 10, 18, 15) * 1000
const ref = { assetClass: 'equity', symbol: 'AAPL' } as const
const row = (delayedMinutes = 0): Snapshot => ({
  quote: {
    ...ref,
    ts: minute + 30 * SECOND_US,
    tsOrigin: 'vendor',
    last: 100,
    bid: 99,
    ask: 101,
    bidSize: 1,
    askSize: 2,
    volume: 5_000,
    feed: 'sip',
    delayedMinutes,
    currency: 'USD',
  },
  minuteBar: {
    ...ref,
    timeframe: '1m',
    ts: minute,
    sessionDate: '2026-11-18',
    basis: 'split',
    feed: 'sip',
    final: false,
    open: 99,
    high: 100,
    low: 99,
    close: 100,
    volume: 10,
  },
  day: { open: 98, high: 102, low: 97, close: 100, volume: 4_900 },
  sessionDate: '2026-11-18',
  previousClose: 97.5,
})
const rowsAt = (fetchedAt: number, r = row()) =>
  toRows({ instrument: { id: 7 }, row: r, fetchedAt, held: null, basis: 'split' })

describe('rows of an accepted snapshot', () => {
  it('a tick at the vendor’s event time, with the session’s volume', () => {
    expect(rowsAt(minute + MINUTE_US).tick).toEqual({
      instrumentId: 7,
      ts: minute + 30 * SECOND_US,
      price: 100,
      volume: 5_000,
    })
  })

  it('no tick of an event that the same source told before, even with less beside it', () => {
    const told = { instrument: { id: 7 }, row: row(), fetchedAt: minute + MINUTE_US, basis: 'split' as const }
    const ts = minute + 30 * SECOND_US
    expect(toRows({ ...told, held: { ts, last: 100 } }).tick).toBeNull()
    expect(toRows({ ...told, held: { ts, last: 99 } }).tick).not.toBeNull()
    expect(toRows({ ...told, held: { ts: ts - 1, last: 100 } }).tick).not.toBeNull()
  })

  it('a latest row that keeps the vendor’s feed, delay and day', () => {
    expect(rowsAt(minute + MINUTE_US).latest).toMatchObject({
      last: 100,
      bid: 99,
      ask: 101,
      volume: 5_000,
      day: { open: 98, close: 100 },
      previousClose: 97.5,
      sessionDate: '2026-11-18',
      feed: 'sip',
      delayedMinutes: 0,
      tsOrigin: 'vendor',
    })
  })

  it('a minute bar that is final once its minute is over, also behind a delayed feed', () => {
    expect(rowsAt(minute + 59 * SECOND_US).bar).toMatchObject({ timeframe: '1m', ts: minute, final: false })
    expect(rowsAt(minute + 63 * SECOND_US).bar!.final).toBe(true)
    expect(rowsAt(minute + 63 * SECOND_US, row(15)).bar!.final).toBe(false)
    expect(rowsAt(minute + 63 * SECOND_US + 15 * MINUTE_US, row(15)).bar!.final).toBe(true)
  })

  it('a day on the source’s own basis, not settled', () => {
    expect(rowsAt(minute).day).toMatchObject({
      sessionDate: '2026-11-18',
      basis: 'split',
      settled: false,
      low: 97,
    })
  })

  it('neither bar nor day where the vendor has none', () => {
    const bare = { ...row(), minuteBar: null, day: null }
    expect(rowsAt(minute, bare)).toMatchObject({ bar: null, day: null })
  })
})
