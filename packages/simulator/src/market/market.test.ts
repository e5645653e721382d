import { addDays, lastSession, MINUTE_US, type Session, sessionOn, sessionsBetween } from '@onetape/market'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { at } from '../testing.ts'
import { dividendsOf, splitFactor } from './actions.ts'
import { sessionBefore, venueOfListing } from './calendar.ts'
import type { Candle } from './candle.ts'
import type { Listing } from './listing.ts'
import { Market } from './market.ts'

const market = new Market(1)
const listings = fc.oneof(
  fc.integer({ min: 0, max: 8_299 }).map((i) => market.universe.equities[i]!),
  fc.integer({ min: 0, max: 120 }).map((i) => market.universe.equities[i]!),
  fc.constantFrom(...market.universe.crypto, ...market.universe.fx),
)
const later = at('2028-01-01T00:00:00Z')
/** A listing with one of its sessions and a moment within that session. */
const moments = fc
  .tuple(listings, fc.integer({ min: 0, max: 900 }), fc.double({ min: 0, max: 0.999999, noNaN: true }))
  .map(([listing, daysAgo, part]) => {
    const from = listing.listed > '2025-06-02' ? listing.listed : '2025-06-02'
    const venue = venueOfListing(listing)
    const session = lastSession(venue, at(`${addDays(from, daysAgo % 500)}T23:00:00Z`) + 5 * 86_400_000_000)
    return { listing, session, t: session.preOpen + Math.floor((session.postClose - session.preOpen) * part) }
  })
const all = (listing: Listing, session: Session, now: number) => [
  ...market.minutes(listing, session.preOpen, session.postClose, now),
]
const regular = (minutes: Candle[], s: Session) =>
  minutes.filter((m) => m.start >= s.open && m.start < s.close)
/** Volumes are whole lots: counted as such, their sums are exact. */
const lots = (listing: Listing, volume: number) => Math.round(volume * listing.lotsPerUnit)
const sum = (listing: Listing, minutes: Candle[]) =>
  minutes.reduce((total, m) => total + lots(listing, m.volume), 0)
const ohlc = (c: { open: number; high: number; low: number; close: number }) => [
  c.open,
  c.high,
  c.low,
  c.close,
]
const gathered = (minutes: Candle[]) => [
  minutes[0]!.open,
  Math.max(...minutes.map((m) => m.high)),
  Math.min(...minutes.map((m) => m.low)),
  minutes.at(-1)!.close,
]

describe('a whole day', () => {
  it('is exactly its minutes: regular prices, and the volume of all parts', () => {
    fc.assert(
      fc.property(moments, ({ listing, session }) => {
        const minutes = all(listing, session, later)
        const day = market.day(listing, session, later)!
        expect(gathered(regular(minutes, session)), `${listing.symbol} ${session.date}`).toEqual(ohlc(day))
        expect(sum(listing, minutes)).toBe(lots(listing, day.volume))
        expect(sum(listing, regular(minutes, session))).toBe(
          lots(listing, market.regularDay(listing, session, later)!.volume),
        )
      }),
      { numRuns: 150 },
    )
  })

  it('is a bar: positive, on its grid, high above low', () => {
    fc.assert(
      fc.property(moments, ({ listing, session }) => {
        for (const c of [...all(listing, session, later), market.day(listing, session, later)!]) {
          expect(c.low > 0 && c.high >= Math.max(c.open, c.close) && c.low <= Math.min(c.open, c.close)).toBe(
            true,
          )
          expect(c.volume).toBeGreaterThan(0)
          for (const price of ohlc(c)) {
            const steps = price * (listing.stepsPerDollar ?? (price < 1 ? 10_000 : 100))
            expect(Math.abs(steps - Math.round(steps)), `${listing.symbol} ${price}`).toBeLessThan(1e-6)
          }
        }
      }),
      { numRuns: 60 },
    )
  })
})

describe('a day that still runs', () => {
  it('is exactly its minutes so far', () => {
    fc.assert(
      fc.property(moments, ({ listing, session, t }) => {
        const minutes = all(listing, session, t)
        const inHours = regular(minutes, session)
        const day = market.day(listing, session, t)
        if (inHours.length === 0) {
          expect(day).toBeNull()
          return
        }
        expect(ohlc(day!), `${listing.symbol} ${session.date} ${t}`).toEqual(gathered(inHours))
        expect(lots(listing, day!.volume)).toBe(sum(listing, minutes))
      }),
      { numRuns: 200 },
    )
  })

  it('never reaches past now, and its closed minutes never change', () => {
    fc.assert(
      fc.property(moments, ({ listing, session, t }) => {
        const soFar = all(listing, session, t)
        for (const m of soFar) expect(m.start).toBeLessThanOrEqual(t)
        const closed = soFar.filter((m) => m.start + MINUTE_US <= t)
        expect(all(listing, session, later).slice(0, closed.length)).toEqual(closed)
      }),
      { numRuns: 100 },
    )
  })

  it('ends with the last trade, which lies in its minute', () => {
    fc.assert(
      fc.property(moments, ({ listing, session, t }) => {
        const trade = market.lastTrade(listing, t)
        const minute = market.lastMinute(listing, session, t)
        if (!minute) {
          expect(trade === null || trade.ts < session.preOpen).toBe(true)
          return
        }
        expect(trade!.ts).toBeLessThanOrEqual(t)
        expect(Math.floor(trade!.ts / MINUTE_US) * MINUTE_US).toBe(minute.start)
        expect(trade!.price).toBe(minute.close)
        expect(minute).toEqual(all(listing, session, t).at(-1))
        expect(market.trades(listing, t, 1)[0]).toEqual(trade)
      }),
      { numRuns: 200 },
    )
  })

  it('has a bid below its ask, renewed as time goes on', () => {
    fc.assert(
      fc.property(moments, ({ listing, t }) => {
        const quote = market.bidAsk(listing, t)
        if (!quote) return
        expect(quote.bid > 0 && quote.bid < quote.ask).toBe(true)
        expect(quote.ts).toBeLessThanOrEqual(t)
        expect(quote.bidSize > 0 && quote.askSize > 0).toBe(true)
      }),
      { numRuns: 100 },
    )
  })
})

describe('the market', () => {
  it('answers the same in any order, from a market that has seen nothing else', () => {
    fc.assert(
      fc.property(moments, ({ listing, session, t }) => {
        const fresh = new Market(1)
        const same = fresh.find(listing.symbol)!
        expect(fresh.day(same, session, t)).toEqual(market.day(listing, session, t))
        expect(fresh.lastTrade(same, t)).toEqual(market.lastTrade(listing, t))
        expect(fresh.bidAsk(same, t)).toEqual(market.bidAsk(listing, t))
      }),
      { numRuns: 8 },
    )
  })

  it('does not jump within a day, and opens near the last close', () => {
    const aapl = market.find('AAPL')!
    for (const session of sessionsBetween('XNYS', '2026-06-01', '2026-11-20')) {
      const day = market.day(aapl, session, later)!
      const last = market.day(aapl, sessionBefore(session), later)!
      expect(Math.abs(day.open / last.close - 1)).toBeLessThan(0.12)
      let price = day.open
      for (const m of regular(all(aapl, session, later), session)) {
        expect(Math.abs(m.open / price - 1)).toBeLessThan(0.02)
        price = m.close
      }
    }
  })

  it('stands near the well-known levels on its anchor date', () => {
    const friday = sessionOn('XNYS', '2026-11-20')!
    for (const [symbol, price] of [
      ['AAPL', 268.4],
      ['SPY', 668.7],
      ['BRK.B', 498.4],
    ] as const) {
      expect(market.day(market.find(symbol)!, friday, later)!.close).toBeCloseTo(price, 1)
    }
  })

  it('trades when the venue does: nothing overnight, little before the open, most at open and close', () => {
    const aapl = market.find('AAPL')!
    const friday = sessionOn('XNYS', '2026-11-20')!
    expect([
      ...market.minutes(aapl, friday.postClose, sessionOn('XNYS', '2026-11-23')!.preOpen, later),
    ]).toEqual([])
    const minutes = all(aapl, friday, later)
    const volumeOf = (from: number, to: number) =>
      sum(
        aapl,
        minutes.filter((m) => m.start >= from && m.start < to),
      )
    const half = 30 * MINUTE_US
    const noon = volumeOf(friday.open + 5 * half, friday.open + 6 * half)
    expect(volumeOf(friday.open, friday.open + half)).toBeGreaterThan(noon * 1.5)
    expect(volumeOf(friday.close - half, friday.close)).toBeGreaterThan(noon * 1.5)
    expect(volumeOf(friday.preOpen, friday.open)).toBeLessThan(noon)
    const thin = market.universe.equities.reduce((a, b) => (b.volume < a.volume ? b : a))
    expect(regular(all(thin, friday, later), friday).length).toBeLessThan(60)
  })

  it('has shorter hours on early closes', () => {
    const aapl = market.find('AAPL')!
    const minutes = all(aapl, sessionOn('XNYS', '2026-11-27')!, later)
    expect(minutes.at(-1)!.start).toBeLessThan(at('2026-11-27T17:00:00-05:00'))
    expect(minutes.at(-1)!.start).toBeGreaterThan(at('2026-11-27T16:00:00-05:00'))
  })

  it('follows a split without a jump on a common basis', () => {
    const nvda = market.find('NVDA')!
    const day = (date: string) => market.day(nvda, sessionOn('XNYS', date)!, later)!
    const before = day('2024-06-07')
    const after = day('2024-06-10')
    expect(splitFactor(nvda, '2024-06-07', '2024-06-10')).toBe(10)
    expect(before.close / after.open).toBeGreaterThan(8)
    expect(Math.abs(before.close / 10 / after.open - 1)).toBeLessThan(0.15)
    expect(splitFactor(nvda, '2005-01-03', '2026-01-01')).toBe(2 * 1.5 * 4 * 10)
  })

  it('pays dividends four times a year on trading days', () => {
    const ko = market.find('KO')!
    const paid = dividendsOf(ko, '2025-01-01', '2025-12-31')
    expect(paid).toHaveLength(4)
    for (const d of paid) {
      expect(sessionOn('XNYS', d.date)).not.toBeNull()
      expect(d.amount > 0.3 && d.amount < 0.6).toBe(true)
    }
    expect(dividendsOf(market.find('AMZN')!, '2005-01-01', '2026-01-01')).toEqual([])
  })

  it('knows nothing before a listing', () => {
    const ibit = market.find('IBIT')!
    expect(market.day(ibit, sessionOn('XNYS', '2024-01-10')!, later)).toBeNull()
    expect(market.lastTrade(ibit, at('2024-01-10T20:00:00Z'))).toBeNull()
    expect(market.day(ibit, sessionOn('XNYS', '2024-01-11')!, later)).not.toBeNull()
  })
})
