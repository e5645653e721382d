import { describe, expect, it } from 'vitest'
import { latestView } from '../../test/latest-view.ts'
import { factsJson, quoteJson } from './quote-json.ts'
import { quoteOfLatest } from './quote-of-latest.ts'

const json = (row: ReturnType<typeof latestView>, staleAfterUs: number | null) =>
  quoteJson(factsJson(row), row, staleAfterUs)

const full = latestView('BRK.B', {
  ...{ batchId: 7, name: 'Berkshire', bid: 99.98, ask: 100.02, bidSize: 0.5, askSize: 12, volume: 1e15 },
  ...{ dayOpen: 0.00001234, dayHigh: 1e-7, dayLow: 1.5e21, last: 234.56, previousClose: 230.11 },
})

describe('a row as JSON', () => {
  it.each([
    [full, 120_000_000],
    [latestView('X', { batchId: 1, previousClose: null }), null],
    [{ ...full, last: 99.5, previousClose: 100 }, 1],
  ])('is what JSON.stringify makes of it', (row, staleAfterUs) => {
    expect(json(row, staleAfterUs)).toBe(JSON.stringify(quoteOfLatest(row, staleAfterUs)))
  })

  it('is ASCII, whatever the names are', () => {
    const row = { ...full, name: 'Nestlé "S.A." \\ 東京 🚀\u2028\n', feed: 'über' }
    const text = json(row, null)
    expect(text).toMatch(/^[\x20-\x7e]+$/)
    expect(JSON.parse(text)).toEqual(quoteOfLatest(row, null))
  })
})
