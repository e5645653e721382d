import { lastSession, MINUTE_US, sessionAt, sessionOn, sessionsBetween } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import { at } from '../testing.ts'
import type { Candle } from './candle.ts'
import { halfSpreadSteps } from './fx-spread.ts'
import { Market } from './market.ts'

const market = new Market(1)
const pairs = market.universe.fx
const later = at('2028-01-01T00:00:00Z')
const thursday = sessionOn('FX', '2026-11-19')!
const minutesOf = (symbol: string, session = thursday, now = later): Candle[] => [
  ...market.minutes(market.find(symbol)!, session.open, session.close, now),
]

describe('the currency pairs', () => {
  it('are twelve, behind everything else, with the levels of their anchor date', () => {
    expect(pairs).toHaveLength(12)
    expect(pairs[0]!.index).toBe(market.universe.equities.length + market.universe.crypto.length)
    const friday = sessionOn('FX', '2026-11-20')!
    for (const [symbol, price] of [
      ['EUR-USD', 1.1522],
      ['USD-JPY', 156.84],
      ['EUR-GBP', 1.1522 / 1.3134],
      ['GBP-JPY', 1.3134 * 156.84],
    ] as const) {
      const close = market.day(market.find(symbol)!, friday, later)!.close
      expect(Math.abs(close / price - 1), symbol).toBeLessThan(0.0001)
    }
  })

  it('keep crosses where their legs say, years back', () => {
    const close = (symbol: string, date: string) =>
      market.day(market.find(symbol)!, sessionOn('FX', date)!, later)!.close
    for (const date of ['2012-03-07', '2020-02-20', '2026-01-15']) {
      expect(close('EUR-JPY', date) / (close('EUR-USD', date) * close('USD-JPY', date))).toBeCloseTo(1, 4)
      expect(close('EUR-GBP', date) / (close('EUR-USD', date) / close('GBP-USD', date))).toBeCloseTo(1, 4)
    }
  })

  it('stay at levels that a rate may have, for twenty years', () => {
    for (const pair of pairs) {
      for (const date of ['2005-06-15', '2012-06-15', '2019-06-14', '2026-06-15']) {
        const { close } = market.day(pair, sessionOn('FX', date)!, later)!
        expect(close / pair.price, `${pair.symbol} ${date}`).toBeGreaterThan(0.4)
        expect(close / pair.price, `${pair.symbol} ${date}`).toBeLessThan(2.5)
      }
    }
  })
})

describe('the forex week', () => {
  it('runs from Sunday to Friday 17:00 New York, and days follow each other without a jump', () => {
    const eur = market.find('EUR-USD')!
    const minutes = [
      ...market.minutes(eur, at('2026-11-13T00:00:00-05:00'), at('2026-11-21T00:00:00-05:00'), later),
    ]
    const closed = minutes.filter((m) => sessionAt('FX', m.start).state !== 'open')
    expect(closed).toEqual([])
    const friday = minutes.filter((m) => m.start < at('2026-11-13T17:00:00-05:00'))
    const sunday = minutes.filter((m) => m.start > at('2026-11-14T00:00:00-05:00'))
    expect(friday.at(-1)!.start).toBeGreaterThan(at('2026-11-13T16:30:00-05:00'))
    expect(sunday[0]!.start).toBeGreaterThanOrEqual(at('2026-11-15T17:00:00-05:00'))
    for (const session of sessionsBetween('FX', '2026-11-17', '2026-11-20')) {
      const before = market.day(eur, lastSession('FX', session.open - 1), later)!
      expect(market.day(eur, session, later)!.open).toBe(before.close)
    }
  })

  it('is exactly its minutes, and minutes are exactly their prints', () => {
    const minutes = minutesOf('EUR-USD')
    const day = market.day(market.find('EUR-USD')!, thursday, later)!
    expect([minutes[0]!.open, minutes.at(-1)!.close]).toEqual([day.open, day.close])
    expect(Math.max(...minutes.map((m) => m.high))).toBe(day.high)
    expect(minutes.reduce((sum, m) => sum + m.volume, 0)).toBe(day.volume)
    const busy = minutes.find((m) => m.volume > 50)!
    const prints = [...market.prints(market.find('EUR-USD')!, busy.start, busy.start + MINUTE_US, later)]
    expect(prints[0]!.price).toBe(busy.open)
    expect(prints.at(-1)!.price).toBe(busy.close)
    expect(Math.max(...prints.map((p) => p.price))).toBe(busy.high)
    expect(prints.reduce((sum, p) => sum + p.size, 0)).toBe(busy.volume)
  })

  it('counts updates: tens of thousands a day, most while London and New York meet', () => {
    const minutes = minutesOf('EUR-USD')
    const volume = (from: string, to: string) =>
      minutes
        .filter((m) => m.start >= at(`2026-11-${from}-05:00`) && m.start < at(`2026-11-${to}-05:00`))
        .reduce((sum, m) => sum + m.volume, 0)
    expect(volume('18T17:00:00', '19T17:00:00')).toBeGreaterThan(40_000)
    expect(volume('19T09:00:00', '19T11:00:00')).toBeGreaterThan(3 * volume('18T22:00:00', '19T00:00:00'))
    expect(minutesOf('USD-MXN').length).toBeLessThan(1_440)
  })

  it('stands still at the weekend, its quote as old as its last update', () => {
    const eur = market.find('EUR-USD')!
    const friday = market.lastTrade(eur, at('2026-11-20T16:59:59.999-05:00'))!
    const saturday = at('2026-11-21T12:00:00-05:00')
    expect(market.lastTrade(eur, saturday)).toEqual(friday)
    expect(market.bidAsk(eur, saturday)!.ts).toBe(friday.ts)
  })
})

describe('the dealer', () => {
  it('quotes evenly around the mid, on the grid of the pair, wider at the roll', () => {
    for (const pair of pairs) {
      const now = at('2026-11-19T10:12:13-05:00')
      const { bid, ask, ts } = market.bidAsk(pair, now)!
      const mid = market.lastTrade(pair, now)!
      const steps = pair.stepsPerDollar!
      expect(ts).toBe(mid.ts)
      expect(Math.round(bid * steps) + Math.round(ask * steps)).toBe(2 * Math.round(mid.price * steps))
      expect(Math.abs(bid * steps - Math.round(bid * steps))).toBeLessThan(1e-6)
      expect((ask - bid) / mid.price).toBeLessThan(0.001)
      expect(halfSpreadSteps(pair, thursday, thursday.open)).toBeGreaterThan(
        halfSpreadSteps(pair, thursday, now),
      )
    }
  })
})
