import { addDays, microsFromIso, sessionOn } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import { Market } from './market.ts'
import { expiriesOf, INTEREST_RATE, isOptionable, optionChain, optionContract } from './options.ts'

const market = new Market(1)
const at = (iso: string) => microsFromIso(iso)!
const FRIDAY = at('2026-11-20T14:41:33.250000-05:00')
const AAPL = market.find('AAPL')!
const expiry = (symbol: string, n: number) => expiriesOf(market.find(symbol)!, '2026-11-20')[n]!

describe('expiries', () => {
  it('are Fridays, the third of a month and every week where much is traded, or the day before a holiday', () => {
    const days = expiriesOf(AAPL, '2026-11-20')
    expect(days[0]).toEqual({ date: '2026-11-20', kind: 'monthly' })
    expect(days.map((e) => e.date)).toEqual([...days.map((e) => e.date)].sort())
    expect(days.filter((e) => e.kind === 'weekly').map((e) => e.date)).toContain('2026-11-27')
    // Christmas 2026 is a Friday.
    expect(days.map((e) => e.date)).toContain('2026-12-24')
    expect(expiriesOf(AAPL, '2026-11-21')[0]!.date).toBe('2026-11-27')
    expect(
      expiriesOf(market.find('SPY')!, '2026-11-20').filter((e) => e.kind === 'daily').length,
    ).toBeGreaterThan(4)
  })

  it('exist where enough is traded', () => {
    const thin = market.universe.equities.find((l) => l.volume * l.price < 100_000)!
    expect(isOptionable(thin)).toBe(false)
    expect(expiriesOf(thin, '2026-11-20')).toEqual([])
    expect(expiriesOf(market.find('BTC-USD')!, '2026-11-20')).toEqual([])
  })
})

describe('a chain', () => {
  const later = expiriesOf(AAPL, '2026-11-20').find((e) => e.date > '2026-12-10')!
  const chain = optionChain(market, AAPL, later, FRIDAY)

  it('lies around the price, calls and puts in pairs', () => {
    const price = market.lastRegularTrade(AAPL, sessionOn('XNYS', '2026-11-20')!, FRIDAY)!.price
    expect(chain.length).toBeGreaterThan(30)
    expect(chain[0]!.strike).toBeLessThan(price * 0.9)
    expect(chain.at(-1)!.strike).toBeGreaterThan(price * 1.1)
    expect(chain.filter((c) => c.right === 'call')).toHaveLength(chain.length / 2)
    for (const c of chain) expect(c.underlyingPrice).toBe(price)
  })

  it('is worth what parity demands', () => {
    const years = (chain[0]!.expiresAt - FRIDAY) / (365 * 86_400_000_000)
    for (let i = 0; i < chain.length; i += 2) {
      const [call, put] = [chain[i]!, chain[i + 1]!]
      const forward = call.underlyingPrice - call.strike * Math.exp(-INTEREST_RATE * years)
      expect(call.theoretical - put.theoretical).toBeCloseTo(forward, 2)
    }
  })

  it('has quotes in order, greeks in bounds, and both go with the strike', () => {
    for (const c of chain) {
      expect(c.bid >= 0 && c.ask > c.bid).toBe(true)
      expect(c.quoteTs).toBeLessThanOrEqual(FRIDAY)
      if (c.last) expect(c.last.ts).toBeLessThanOrEqual(FRIDAY)
      if (c.volume > 0) expect(c.low <= c.last!.price && c.last!.price <= c.high).toBe(true)
      if (!c.greeks) continue
      expect(Math.sign(c.greeks.delta)).toBe(c.right === 'call' ? 1 : -1)
      expect(Math.abs(c.greeks.delta)).toBeLessThanOrEqual(1)
      expect(c.greeks.gamma > 0 && c.greeks.vega > 0 && c.impliedVolatility! > 0.05).toBe(true)
    }
    const calls = chain.filter((c) => c.right === 'call')
    for (let i = 1; i < calls.length; i++) {
      expect(calls[i]!.theoretical).toBeLessThanOrEqual(calls[i - 1]!.theoretical)
    }
    const busiest = chain.reduce((a, b) => (b.openInterest > a.openInterest ? b : a))
    expect(Math.abs(busiest.strike / busiest.underlyingPrice - 1)).toBeLessThan(0.1)
  })

  it('stands still after the close and moves within the session', () => {
    const evening = optionChain(market, AAPL, later, at('2026-11-20T20:00:00-05:00'))
    const sunday = optionChain(market, AAPL, later, at('2026-11-22T12:00:00-05:00'))
    expect(sunday).toEqual(evening)
    const next = optionChain(market, AAPL, later, FRIDAY + 600_000_000)
    expect(next.map((c) => c.strike)).toEqual(chain.map((c) => c.strike))
    expect(next.map((c) => c.bid)).not.toEqual(chain.map((c) => c.bid))
    for (const [i, c] of next.entries()) expect(c.volume).toBeGreaterThanOrEqual(chain[i]!.volume)
  })

  it('is empty when it has expired or is not there', () => {
    const past = { date: addDays('2026-11-20', -7), kind: 'weekly' as const }
    expect(optionChain(market, AAPL, past, FRIDAY)).toEqual([])
    const c = chain[10]!
    const same = { expiry: c.expiry.date, right: c.right, strike: c.strike, now: FRIDAY }
    expect(optionContract(market, AAPL, same)).toEqual(c)
    expect(optionContract(market, AAPL, { ...same, strike: 1.23 })).toBeNull()
  })

  it('has wings without a bid, and prices those alone without a volatility', () => {
    const soon = optionChain(market, AAPL, expiry('AAPL', 0), FRIDAY)
    const wings = soon.filter((c) => c.bid === 0)
    expect(wings.length).toBeGreaterThan(0)
    for (const c of wings) expect([c.impliedVolatility, c.greeks]).toEqual([null, null])
  })
})
