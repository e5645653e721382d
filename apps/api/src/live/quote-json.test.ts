import { describe, expect, it } from 'vitest'
import { latestView } from '../../test/latest-view.ts'
import { begin, bytes, writeNumber } from './json-bytes.ts'
import { factsJson, quoteJson } from './quote-json.ts'
import { quoteOfLatest } from './quote-of-latest.ts'

const text = (json: Uint8Array) => Buffer.from(json).toString('latin1')
const json = (row: ReturnType<typeof latestView>, staleAfterUs: number | null) =>
  text(quoteJson(factsJson(row), row, staleAfterUs))

const full = latestView('BRK.B', {
  ...{ batchId: 7, name: 'Berkshire', bid: 99.98, ask: 100.02, bidSize: 0.5, askSize: 12, volume: 1e15 },
  ...{ dayOpen: 0.00001234, dayHigh: 1e-7, dayLow: 1.5e21, last: 234.56, previousClose: 230.11 },
})

describe('a row as JSON', () => {
  it.each([
    [full, 120_000_000],
    [latestView('X', { batchId: 1, previousClose: null }), null],
    [{ ...full, last: 99.5, previousClose: 100 }, 1],
    [{ ...full, feed: 'iex', sessionDate: '2026-11-23', delayedMinutes: 0 }, null],
    [{ ...full, name: 'n'.repeat(20_000) }, null],
  ])('is what JSON.stringify makes of it', (row, staleAfterUs) => {
    expect(json(row, staleAfterUs)).toBe(JSON.stringify(quoteOfLatest(row, staleAfterUs)))
  })

  it('is ASCII, whatever the names are', () => {
    const row = { ...full, name: 'Nestlé "S.A." \\ 東京 🚀\u2028\n', feed: 'über' }
    expect(json(row, null)).toMatch(/^[\x20-\x7e]+$/)
    expect(JSON.parse(json(row, null))).toEqual(quoteOfLatest(row, null))
  })
})

describe('a number', () => {
  const written = (n: number | null) => {
    begin()
    writeNumber(n)
    return text(bytes())
  }

  it.each([
    ...[
      null,
      0,
      -0,
      1,
      9,
      10,
      99,
      100,
      9_999,
      10_000,
      10_001,
      99_999_999,
      1e8,
      1e11,
      1e15,
      1e16,
      2 ** 53,
      1e21,
    ],
    ...[
      0.1, 0.01, 0.001, 0.0001, 0.00001, 1.1, 100.5, 9_999.9999, 654_321.1, 99_999_999_999.99,
      0.30000000000000004,
    ],
    ...[-1.5, -1e-9, 5e-324, 1.7976931348623157e308, NaN, Infinity, -Infinity, 1_763_481_600_123_456],
  ])('%s is written as JSON.stringify writes it', (n) => {
    expect(written(n).replace('-null', 'null')).toBe(JSON.stringify(n))
  })

  it('of any size and precision is written as JSON.stringify writes it', () => {
    let state = 42
    const below = (n: number) => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
      return (state / 2 ** 32) * n
    }
    for (let i = 0; i < 20_000; i++) {
      const n = Math.round(below(1e6) * 10 ** below(9)) / 10 ** Math.floor(below(8))
      expect(written(n)).toBe(JSON.stringify(n))
    }
  })
})
