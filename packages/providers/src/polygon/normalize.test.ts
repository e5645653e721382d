import type { Snapshot } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import { fixture } from '../testing-fixture.ts'
import { at } from '../testing-server.ts'
import { readRows, textField } from '../wire-rows.ts'
import { instantOf, normalizeSnapshot, type SnapshotContext } from './normalize.ts'
import { parseSnapshots } from './payload.ts'
import { snapshotSchema } from './payload-snapshot.ts'

const OPEN = { assetClass: 'equity', delayed: false, fetchedAt: at('2026-02-25T15:00:00Z') } as const

function read(text: string, context: SnapshotContext) {
  const page = parseSnapshots(text, false)
  const { rows, dropped } = readRows(page.rows, {
    schema: snapshotSchema,
    nameOf: (raw) => textField(raw, 'ticker'),
    normalize: (row) => normalizeSnapshot(row, context),
  })
  return { by: new Map(rows.map((r): [string, Snapshot] => [r.quote.symbol, r])), dropped }
}

const one = (row: object, context: SnapshotContext = OPEN) =>
  normalizeSnapshot(snapshotSchema.parse({ ticker: 'ACME', ...row }), context) as Snapshot

describe('in the session', () => {
  const { by, dropped } = read(fixture('polygon/fixtures/snapshot-open.json'), OPEN)

  it('the last trade with its nanoseconds truncated, the day, the minute, the previous close', () => {
    expect(by.get('ACME')).toEqual({
      quote: {
        assetClass: 'equity',
        symbol: 'ACME',
        ts: 1772031599123456,
        tsOrigin: 'vendor',
        last: 50.76,
        bid: 50.75,
        ask: 50.77,
        bidSize: 120,
        askSize: 300,
        volume: 1200345,
        feed: 'sip',
        delayedMinutes: 0,
        currency: 'USD',
      },
      minuteBar: {
        assetClass: 'equity',
        symbol: 'ACME',
        timeframe: '1m',
        ts: at('2026-02-25T14:59:00Z'),
        sessionDate: '2026-02-25',
        open: 50.7,
        high: 50.8,
        low: 50.65,
        close: 50.75,
        volume: 4321,
        basis: 'split',
        feed: 'sip',
        final: true,
      },
      day: { open: 50.1, high: 51.25, low: 49.8, close: 50.75, volume: 1200345 },
      sessionDate: '2026-02-25',
      previousClose: 50,
    })
  })

  it('a zero ask is an empty side; a minute without its start is no bar', () => {
    const b = by.get('BRK.B')!
    expect([b.quote.ask, b.quote.askSize, b.quote.bid, b.minuteBar]).toEqual([null, null, 481, null])
  })

  it('without lastTrade (Starter plan) the day so far speaks, at `updated`', () => {
    const preferred = by.get('BAC.PRL')!
    expect([preferred.quote.last, preferred.quote.ts]).toEqual([1211, 1772031000000000])
  })

  it('one bad row is counted by its ticker and takes nothing with it', () => {
    expect(dropped).toEqual([{ row: 'BROKEN', reason: 'day.c: expected number, received string' }])
    expect(by.size).toBe(3)
  })
})

describe('between the 3:30 reset and the first regular trade', () => {
  const context = { ...OPEN, delayed: true, fetchedAt: at('2026-02-25T11:16:00Z') }
  const { by, dropped } = read(fixture('polygon/fixtures/snapshot-cleared.json'), context)

  it('zeros are no day; the pre-market trade and its accumulated volume stand', () => {
    const early = by.get('EARLY')!
    expect(early.day).toBeNull()
    expect(early.quote).toMatchObject({ last: 10.1, volume: 700, ts: at('2026-02-25T11:00:15Z') })
    expect([early.sessionDate, early.previousClose]).toEqual(['2026-02-25', 10])
  })

  it('DELAYED says so, and its minute is over fifteen minutes later', () => {
    const early = by.get('EARLY')!
    expect([early.quote.feed, early.quote.delayedMinutes, early.minuteBar?.final]).toEqual([
      'delayed',
      15,
      true,
    ])
    const sooner = read(fixture('polygon/fixtures/snapshot-cleared.json'), {
      ...context,
      fetchedAt: at('2026-02-25T11:15:59Z'),
    })
    expect(sooner.by.get('EARLY')!.minuteBar?.final).toBe(false)
  })

  it('a stock that has not traded stands at the previous close, when that close was', () => {
    const asleep = by.get('ASLEEP')!
    expect(asleep.quote).toMatchObject({ last: 5, ts: at('2026-02-24T21:00:00Z'), volume: null })
    expect([asleep.day, asleep.minuteBar, asleep.sessionDate]).toEqual([null, null, '2026-02-25'])
  })

  it('on a day off nobody knows which day prevDay is: no price is made of it', () => {
    const saturday = read(fixture('polygon/fixtures/snapshot-cleared.json'), {
      ...OPEN,
      fetchedAt: at('2026-02-28T15:00:00Z'),
    })
    expect(saturday.by.has('ASLEEP')).toBe(false)
    expect(saturday.by.get('EARLY')!.previousClose).toBeNull()
  })

  it('a row of zeros is no price, counted with its reason', () => {
    expect(dropped).toEqual([{ row: 'BLANK', reason: 'no price yet' }])
  })
})

describe('wire oddities', () => {
  it('quote sizes were round lots until 2025-11-03 and are shares since', () => {
    const quote = (t: string) => one({ lastQuote: { p: 9, s: 3, P: 10, S: 5, t } }).quote
    expect(quote('1762145999999999999').bidSize).toBe(300)
    expect(quote('1762146000000000000').bidSize).toBe(3)
  })

  it('nanoseconds, milliseconds and seconds are told apart by their digits', () => {
    expect(instantOf('1651251948407646487')).toBe(1651251948407646)
    expect(instantOf(1605280919000)).toBe(1605280919000_000)
    expect(instantOf('1605280919')).toBe(1605280919_000_000)
    expect([instantOf(0), instantOf('0'), instantOf(null)]).toEqual([null, null, null])
  })

  it('forex: last is the middle of bid and ask; its day is cut at midnight New York and is none of ours', () => {
    const fx = one(
      {
        ticker: 'C:EURUSD',
        day: { o: 1.1, h: 1.2, l: 1.05, c: 1.18, v: 900 },
        prevDay: { c: 1.17 },
        lastQuote: { a: 1.18403, b: 1.18398, t: 1772031599000 },
      },
      { ...OPEN, assetClass: 'fx' },
    )
    expect(fx.quote).toMatchObject({ symbol: 'EUR-USD', last: 1.184005, volume: null, currency: 'USD' })
    expect([fx.day, fx.previousClose]).toEqual([null, null])
  })

  it('a bid without a trade is a quote without a last price', () => {
    const quote = one({ lastQuote: { p: 9, s: 3, P: 10, S: 5, t: '1772031599000000000' } }).quote
    expect([quote.last, quote.bid, quote.ts]).toEqual([null, 9, at('2026-02-25T14:59:59Z')])
  })

  it('another market than asked for is refused', () => {
    expect(one({ ticker: 'X:BTCUSD', lastTrade: { p: 1, t: 1772031599000 } })).toBe(
      'is crypto, equity was asked for',
    )
  })
})
