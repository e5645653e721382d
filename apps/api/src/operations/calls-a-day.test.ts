import { expect, it } from 'vitest'
import { callsADay } from './calls-a-day.ts'

const sessionS = 390 * 60

it('counts what people reckon: a call for each symbol of each slot', () => {
  const core = { tier: 'core', frequencyS: 60, symbols: 100 }
  const russell = { tier: 'russell3000', frequencyS: 900, symbols: 3_000 }
  expect(callsADay([core], { sessionS, symbolsPerCall: null }).oneByOne).toBe(39_000)
  expect(callsADay([russell], { sessionS, symbolsPerCall: null }).oneByOne).toBe(78_000)
})

it('asks in bulk for all tiers of a moment together', () => {
  const tiers = [
    { tier: 'core', frequencyS: 60, symbols: 100 },
    { tier: 'sp500', frequencyS: 300, symbols: 400 },
  ]
  const whole = callsADay(tiers, { sessionS, symbolsPerCall: null })
  expect(whole.inBulk).toBe(390)
  expect(whole.tiers.map(({ slots }) => slots)).toEqual([390, 78])
  // 312 slots of core alone (1 call), 78 of both together (5 calls).
  expect(callsADay(tiers, { sessionS, symbolsPerCall: 100 }).inBulk).toBe(312 + 78 * 5)
})

it('an empty tier costs nothing', () => {
  expect(callsADay([{ tier: 'x', frequencyS: 60, symbols: 0 }], { sessionS, symbolsPerCall: 1 })).toEqual({
    tiers: [],
    inBulk: 0,
    oneByOne: 0,
  })
})
