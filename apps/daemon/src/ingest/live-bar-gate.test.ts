import type { Instrument } from '@onetape/db'
import { type Bar, MINUTE_US } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import { judgeBars } from '../backfill/judge-bars.ts'

const now = Date.UTC(2026, 10, 18, 15) * 1000
const aapl: Instrument = {
  id: 7,
  key: 'equity:US:AAPL',
  assetClass: 'equity',
  symbol: 'AAPL',
  currency: 'USD',
  name: null,
} as Instrument

const bar = (minutesAgo: number, over: Partial<Bar> = {}): Bar => ({
  assetClass: 'equity',
  symbol: 'AAPL',
  timeframe: '1m',
  ts: now - minutesAgo * MINUTE_US,
  sessionDate: '2026-11-18',
  basis: 'split',
  feed: 'sip',
  final: true,
  open: 100,
  high: 100.5,
  low: 99.5,
  close: 100.2,
  volume: 1_000 + minutesAgo,
  ...over,
})
const scaled = (minutesAgo: number, factor: number): Bar => {
  const { open, high, low, close, ...rest } = bar(minutesAgo)
  const [o, h, l, c] = [open, high, low, close].map((price) => price * factor)
  return { ...rest, open: o!, high: h!, low: l!, close: c! }
}
const judge = (rows: readonly Bar[], held: { last: number; ts: number } | null = null) =>
  judgeBars(rows, {
    range: { timeframe: '1m', from: now - 30 * MINUTE_US, to: now },
    instrument: aapl,
    marketNow: now,
    live: { held },
  })
const kinds = (rows: readonly Bar[], held: { last: number; ts: number } | null = null) =>
  judge(rows, held).findings.map((f) => f.kind)

describe('minute bars that have just come', () => {
  it('pass when they are like their neighbours and the price that is held', () => {
    const rows = [bar(4), bar(3, { close: 101, high: 101.5 }), bar(2)]
    expect(judge(rows, { last: 100.1, ts: now - MINUTE_US })).toEqual({ accepted: rows, findings: [] })
  })

  it.each([
    ['zeros', bar(2, { open: 0, high: 0, low: 0, close: 0 }), 'bar_shape'],
    ['inverted', bar(2, { high: 99, low: 101 }), 'bar_shape'],
    ['from the future', bar(-2), null],
    ['of another symbol', bar(2, { symbol: 'MSFT' }), 'wrong_symbol'],
    ['of another length', bar(2, { timeframe: '5m' }), 'wrong_symbol'],
    ['an absurd range', bar(2, { high: 900 }), 'bar_range'],
    ['in cents', scaled(2, 100), 'unit_jump'],
    ['in hundreds', scaled(2, 0.01), 'unit_jump'],
    ['an outlier', scaled(2, 3), 'jump'],
  ])('%s become a finding with its evidence, never a fact', (_, wrong, kind) => {
    for (const rows of [[bar(3), wrong], [wrong]]) {
      const { accepted, findings } = judge(rows, { last: 100, ts: now - MINUTE_US })
      expect(accepted).toEqual(rows.length > 1 ? [rows[0]] : [])
      expect(findings.map((f) => f.kind)).toEqual(kind ? [kind] : [])
      for (const finding of findings) {
        expect(finding).toMatchObject({ instrumentId: 7, symbol: 'AAPL', ts: wrong.ts })
        expect(finding.evidence).toMatchObject({ close: wrong.close, reason: expect.stringMatching(/\w/) })
      }
    }
  })

  it('are judged by the bar before once there is one: a market that really moved goes on', () => {
    expect(kinds([bar(4), scaled(2, 0.3)])).toEqual(['jump'])
    const crash = bar(3, { open: 100, high: 100, low: 58, close: 60 })
    expect(kinds([bar(4), crash, bar(2, { open: 60, high: 61, low: 59, close: 60 })])).toEqual([])
  })

  it('are believed once the gate for prices has believed the same jump', () => {
    const halved = scaled(2, 0.3)
    expect(kinds([bar(4), halved], { last: halved.close, ts: now })).toEqual([])
  })

  it('are not judged by a price of another hour', () => {
    expect(kinds([scaled(2, 3)], { last: 100, ts: now - 600 * MINUTE_US })).toEqual([])
  })

  it('that only say the minute before again are stale; quiet minutes that look alike are not', () => {
    const same = { volume: 777 }
    expect(kinds([bar(4, same), bar(3, same)])).toEqual(['stale_repeat'])
    const flat = { open: 100, high: 100, low: 100, close: 100, volume: 100 }
    expect(kinds([bar(4, flat), bar(3, flat)])).toEqual([])
  })
})

describe('bars of history', () => {
  it('are judged by themselves, but must be what was asked for', () => {
    const range = { timeframe: '1m', from: 0, to: now } as const
    const rows = [bar(4), scaled(3, 3), bar(2, { symbol: 'MSFT' })]
    const { accepted, findings } = judgeBars(rows, { range, instrument: aapl, marketNow: now })
    expect(accepted).toHaveLength(2)
    expect(findings.map((f) => f.kind)).toEqual(['wrong_symbol'])
  })
})
