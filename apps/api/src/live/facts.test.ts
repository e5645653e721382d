import type { InstrumentFacts, LatestMoves } from '@onetape/db'
import { expect, it } from 'vitest'
import { latestView } from '../../test/latest-view.ts'
import { FactBook } from './facts.ts'

const factsOf = (symbol: string, name: string): InstrumentFacts => {
  const { instrumentId, key, assetClass, currency } = latestView(symbol, { batchId: 0 })
  return { instrumentId, key, symbol, assetClass, name, currency }
}

it('asks once for what it does not know, and again for all when told to', async () => {
  const stored = [factsOf('AAPL', 'Apple'), factsOf('MSFT', 'Microsoft')]
  const asked: (readonly number[] | 'all')[] = []
  const book = new FactBook(async ({ instrumentIds }) => {
    asked.push(instrumentIds ?? 'all')
    return stored.filter((f) => !instrumentIds || instrumentIds.includes(f.instrumentId))
  })
  const rows = ['AAPL', 'MSFT', 'GONE'].map((symbol) => latestView(symbol, { batchId: 4, last: 5 }))
  const instrumentIds = rows.map((row) => row.instrumentId)
  const moves: LatestMoves = { instrumentIds, [Symbol.iterator]: () => rows.values() }
  const names = async () => Array.from(await book.complete(moves), (row) => [row.name, row.last, row.batchId])
  const first = [
    ['Apple', 5, 4],
    ['Microsoft', 5, 4],
  ]
  expect(await names()).toEqual(first)
  expect(await names()).toEqual(first)
  expect(asked).toEqual([instrumentIds, [instrumentIds[2]]])
  stored[0] = factsOf('AAPL', 'Apple Inc.')
  expect(await names()).toEqual(first)
  await book.refresh()
  expect((await names())[0]).toEqual(['Apple Inc.', 5, 4])
})
