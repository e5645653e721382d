import type { Instrument } from '@onetape/db'
import type { Snapshot } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import { handClock } from '../../test/clocks.ts'
import { FakeVendor } from '../../test/fake-vendor.ts'
import type { Answer } from './ask-house.ts'
import { type DueInstrument, judgeAnswer } from './judge-answer.ts'

const now = Date.UTC(2026, 10, 18, 15) * 1000
const clock = handClock(now)

function instrument(id: number, symbol: string): Instrument {
  return { id, key: `equity:US:${symbol}`, assetClass: 'equity', symbol, currency: 'USD' } as Instrument
}
const due = new Map<string, DueInstrument>(
  ['AAPL', 'MSFT'].map((symbol, i) => [symbol, { instrument: instrument(i + 1, symbol), tier: 'core' }]),
)
const refs = [...due.keys()].map((symbol) => ({ assetClass: 'equity' as const, symbol }))

async function answer(symbols: readonly string[], over: Partial<Answer> = {}): Promise<Answer> {
  const vendor = new FakeVendor({ name: 'polygon', market: clock })
  for (const symbol of symbols) vendor.prices.set(symbol, 100)
  const asked = symbols.map((symbol) => ({ assetClass: 'equity' as const, symbol }))
  const fetched = await vendor.getSnapshots({ assetClass: 'equity', refs: asked })
  const source = { name: 'polygon', provider: vendor, tier: 'all' }
  const capability = vendor.getCapabilities().byAssetClass.equity!
  return { source, capability, refs, fetched, ...over }
}
const judge = (a: Answer) =>
  judgeAnswer({ answer: a, assetClass: 'equity', due, held: new Map(), marketNow: now })

describe('an answer', () => {
  it('holds rows that nobody asked for: a finding each, never a price', async () => {
    const judged = judge(await answer(['AAPL', 'TSLA']))
    expect(judged.findings).toMatchObject([
      { kind: 'wrong_symbol', symbol: 'TSLA', instrumentId: null, evidence: { last: 100 } },
    ])
    expect(judged.refused).toBe(1)
    expect([...judged.rows.get('core')!.values()].flat().map((r) => r.latest.instrumentId)).toEqual([1])
  })

  it('of the whole market may hold any symbol', async () => {
    expect(judge(await answer(['AAPL', 'TSLA'], { refs: 'all' }))).toMatchObject({ findings: [], refused: 0 })
  })

  it('of another asset class is none', async () => {
    const given = await answer(['AAPL'])
    const asCoin = (s: Snapshot): Snapshot => ({ ...s, quote: { ...s.quote, assetClass: 'crypto' } })
    const judged = judge({ ...given, fetched: { ...given.fetched, rows: given.fetched.rows.map(asCoin) } })
    expect(judged.findings.map((f) => f.kind)).toEqual(['wrong_symbol'])
    expect(judged.rows.size).toBe(0)
  })

  it('names rows that the adapter dropped by what was wrong with them', async () => {
    const given = await answer([])
    const dropped = [
      { row: 'TSLA', reason: 'was not asked for' },
      { row: 3, reason: 'day.c: expected number' },
    ]
    const judged = judge({ ...given, fetched: { ...given.fetched, dropped } })
    expect(judged.findings.map((f) => [f.kind, f.symbol])).toEqual([
      ['wrong_symbol', 'TSLA'],
      ['malformed_row', '*'],
    ])
  })
})
