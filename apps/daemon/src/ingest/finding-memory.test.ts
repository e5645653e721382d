import type { FindingRow } from '@onetape/db'
import { describe, expect, it } from 'vitest'
import { createFindingMemory } from './finding-memory.ts'

const finding = (over: Partial<FindingRow> = {}): FindingRow => ({
  kind: 'jump',
  instrumentId: 1,
  symbol: 'AAPL',
  ts: 5,
  evidence: { last: 170 },
  ...over,
})

describe('finding memory', () => {
  it('stores one of a kind and symbol a minute, of a stream', () => {
    const memory = createFindingMemory()
    const told = (now: number, over: Partial<FindingRow> = {}) =>
      memory.fresh('polygon', [finding({ ts: now, ...over })], { onceEveryUs: 60, now }).length
    expect([told(0), told(1), told(59), told(2, { symbol: 'MSFT' }), told(3, { kind: 'future' })]).toEqual([
      1, 0, 0, 1, 1,
    ])
    expect(told(60)).toBe(1)
  })

  it('stores a fault once while a vendor repeats it word for word', () => {
    const memory = createFindingMemory()
    expect(memory.fresh('polygon', [finding()])).toHaveLength(1)
    expect(memory.fresh('polygon', [finding()])).toEqual([])
    expect(memory.fresh('yahoo', [finding()])).toHaveLength(1)
    expect(memory.fresh('polygon', [finding({ ts: 6 })])).toHaveLength(1)
    expect(memory.fresh('polygon', [finding({ evidence: { last: 171 } })])).toHaveLength(1)
    expect(memory.fresh('polygon', [finding({ kind: 'future' })])).toHaveLength(1)
  })

  it('tells a fault of the whole answer in one row with a count and a sample', () => {
    const many = Array.from({ length: 8_000 }, (_, i) =>
      finding({ kind: 'future', instrumentId: i, symbol: `S${i}` }),
    )
    const [row, ...rest] = createFindingMemory().fresh('polygon', [...many, finding()])
    expect(row).toMatchObject({ kind: 'future', symbol: '*', instrumentId: null, evidence: { count: 8_000 } })
    expect((row!.evidence as { sample: unknown[] }).sample).toHaveLength(20)
    expect(rest).toEqual([finding()])
  })
})
