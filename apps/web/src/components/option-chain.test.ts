import type { OptionQuote } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import { arrangeChain, daysUntil, formatGreek, formatVolatility, isInTheMoney } from './option-chain.ts'

const contract = (right: 'call' | 'put', strike: number, contractSize = 100): OptionQuote => ({
  assetClass: 'option',
  symbol: `AAPL:2026-11-27:${right === 'call' ? 'C' : 'P'}:${strike}`,
  underlying: { assetClass: 'equity', symbol: 'AAPL' },
  expiry: '2026-11-27',
  right,
  strike,
  contractSize,
  last: 1,
  bid: null,
  ask: null,
  bidSize: null,
  askSize: null,
  volume: null,
  openInterest: null,
  impliedVolatility: null,
  delta: null,
  gamma: null,
  theta: null,
  vega: null,
  ts: 0,
  tsOrigin: 'vendor',
  feed: 'opra',
  delayedMinutes: 0,
  currency: 'USD',
})

describe('strikes', () => {
  it('stand in order, the call and the put of each in one row', () => {
    const { rows } = arrangeChain(
      [contract('put', 260), contract('call', 252.5), contract('call', 260)],
      null,
    )
    expect(rows.map((r) => [r.strike, r.call !== null, r.put !== null])).toEqual([
      [252.5, true, false],
      [260, true, true],
    ])
  })

  it('know where the underlying stands between them', () => {
    const contracts = [250, 260, 270].map((strike) => contract('call', strike))
    expect(arrangeChain(contracts, 261).firstAbove).toBe(2)
    expect(arrangeChain(contracts, 260).firstAbove).toBe(2)
    expect(arrangeChain(contracts, 100).firstAbove).toBe(0)
    expect(arrangeChain(contracts, 900).firstAbove).toBe(3)
    expect(arrangeChain(contracts, null).firstAbove).toBeNull()
  })

  it('keep contracts of an odd size apart', () => {
    const { rows } = arrangeChain(
      [contract('call', 260, 10), contract('call', 260), contract('put', 260)],
      260,
    )
    expect(rows.map((r) => [r.oddSize, r.put !== null])).toEqual([
      [10, false],
      [null, true],
    ])
  })
})

it('in the money is below for a call and above for a put', () => {
  expect(isInTheMoney('call', 250, 260)).toBe(true)
  expect(isInTheMoney('call', 260, 260)).toBe(false)
  expect(isInTheMoney('put', 270, 260)).toBe(true)
  expect(isInTheMoney('put', 270, null)).toBe(false)
})

it('counts days to an expiry over a change of the clocks', () => {
  expect(daysUntil('2026-11-27', '2026-10-30')).toBe(28)
  expect(daysUntil('2026-11-27', '2026-11-27')).toBe(0)
})

it('writes greeks with the digits that tell something', () => {
  expect([0, 0.524, -0.0352, 0.00231, -0.00001, 1, null].map(formatGreek)).toEqual([
    '0.00',
    '0.52',
    '−0.035',
    '0.0023',
    '0.0000',
    '1.00',
    '',
  ])
  expect([0.324416, null].map(formatVolatility)).toEqual(['32.4%', ''])
})
