import { DAY_US, MINUTE_US, type Quote, type Snapshot } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import { type GateInput, gate, type Held } from './gate.ts'
import { GATE_THRESHOLDS } from './gate-thresholds.ts'

const now = Date.UTC(2026, 10, 18, 15) * 1000

const quote = (over: Partial<Quote> = {}): Quote => ({
  assetClass: 'equity',
  symbol: 'AAPL',
  ts: now - 1_000_000,
  tsOrigin: 'vendor',
  last: 100,
  bid: 99.99,
  ask: 100.01,
  bidSize: 300,
  askSize: 200,
  volume: 1_000,
  feed: 'sip',
  delayedMinutes: 0,
  currency: 'USD',
  ...over,
})
const snapshot = (q: Partial<Quote> = {}, over: Partial<Snapshot> = {}): Snapshot => ({
  quote: quote(q),
  minuteBar: null,
  day: { open: 99, high: 101, low: 98, close: 100, volume: 1_000 },
  sessionDate: '2026-11-18',
  previousClose: 99.5,
  ...over,
})
const held = (last: number, over: Partial<Held> = {}): Held => ({
  last,
  ts: now - MINUTE_US,
  source: 'polygon',
  previousClose: 99.5,
  ...over,
})
const judge = (s: Snapshot, over: Partial<GateInput> = {}) =>
  gate({
    snapshot: s,
    source: 'polygon',
    currency: 'USD',
    held: held(99.8),
    marketNow: now,
    thresholds: GATE_THRESHOLDS.equity,
    ...over,
  })
const kinds = (s: Snapshot, over: Partial<GateInput> = {}) => judge(s, over).findings.map((f) => f.kind)
const bar = (price: number, volume: number | null = 500) => ({
  assetClass: 'equity' as const,
  symbol: 'AAPL',
  timeframe: '1m' as const,
  ts: now - 2 * MINUTE_US,
  sessionDate: '2026-11-18',
  basis: 'split' as const,
  feed: 'sip',
  final: true,
  open: price,
  high: price,
  low: price,
  close: price,
  volume,
})

describe('the gate lets facts pass', () => {
  it('an ordinary quote, untouched', () => {
    const s = snapshot()
    expect(judge(s)).toEqual({ row: s, findings: [] })
  })

  it('a first quote ever, with nothing to measure it by', () => {
    expect(judge(snapshot({}, { day: null, previousClose: null }), { held: null }).row).not.toBeNull()
  })

  it('a quote that repeats the event we hold', () => {
    expect(judge(snapshot({ ts: now - MINUTE_US })).row).not.toBeNull()
  })
})

describe('the gate refuses the row', () => {
  it.each([
    ['no_price', { last: null }],
    ['bad_price', { last: 0 }],
    ['bad_price', { last: -3 }],
    ['bad_price', { last: Number.NaN }],
    ['wrong_currency', { currency: 'GBp' }],
    ['future', { ts: now + 3 * MINUTE_US }],
    ['ancient', { ts: now - 401 * DAY_US }],
  ] as const)('%s %o', (kind, over) => {
    const { row, findings } = judge(snapshot(over))
    expect(row).toBeNull()
    expect(findings).toMatchObject([{ kind, refused: true }])
  })

  it('keeps what lies just inside the limits of time', () => {
    expect(kinds(snapshot({ ts: now + 2 * MINUTE_US }))).toEqual([])
    expect(kinds(snapshot({ ts: now - 30 * DAY_US }), { held: null })).toEqual([])
  })

  it('an event that the same source had moved past, but not another source being slower', () => {
    const old = snapshot({ ts: now - 10 * MINUTE_US })
    expect(kinds(old)).toEqual(['stale_repeat'])
    expect(kinds(old, { source: 'yahoo' })).toEqual([])
  })

  it('cents taken for dollars and the other way round, even if the whole row is in cents', () => {
    const cents = { open: 9_900, high: 10_100, low: 9_800, close: 10_000, volume: 1_000 }
    expect(kinds(snapshot({ last: 10_000 }, { day: cents, previousClose: 9_950 }))).toEqual(['unit_jump'])
    expect(kinds(snapshot({ last: 1.01 }))).toEqual(['unit_jump'])
  })

  it('an absurd jump that nothing confirms, against the price we hold or the vendor’s own last close', () => {
    expect(kinds(snapshot({ last: 170 }))).toEqual(['jump'])
    expect(kinds(snapshot({ last: 55 }))).toEqual(['jump'])
    expect(kinds(snapshot({ last: 170 }), { held: null })).toEqual(['jump'])
    expect(judge(snapshot({ last: 170 })).findings[0]!.evidence).toMatchObject({ last: 170, yardstick: 99.8 })
  })

  it('a lone print below the day that opened elsewhere', () => {
    const day = { open: 99, high: 101, low: 40, close: 40, volume: 1_000 }
    expect(kinds(snapshot({ last: 40 }, { day }), { held: held(150) })).toEqual(['jump'])
  })
})

describe('a large move is believed', () => {
  it('when the day’s range holds the way there', () => {
    const crash = { open: 100, high: 101, low: 39, close: 40, volume: 9e6 }
    expect(kinds(snapshot({ last: 40 }, { day: crash }))).toEqual([])
  })

  it('when it opened there overnight and the vendor’s last close is the price we hold', () => {
    const gap = { open: 30, high: 33, low: 28, close: 31, volume: 9e6 }
    expect(kinds(snapshot({ last: 31 }, { day: gap, previousClose: 100 }))).toEqual([])
    expect(kinds(snapshot({ last: 31 }, { day: gap, previousClose: 31 }))).toEqual(['jump'])
  })

  it('before the open, when a whole minute traded around it', () => {
    expect(kinds(snapshot({ last: 55 }, { day: null, minuteBar: bar(55) }))).toEqual([])
    expect(kinds(snapshot({ last: 55 }, { day: null, minuteBar: bar(55, 0) }))).toEqual(['jump'])
  })

  it('when what we hold is too old to measure by and the vendor’s last close agrees', () => {
    const old = held(1, { ts: now - 30 * DAY_US })
    expect(kinds(snapshot(), { held: old })).toEqual([])
    expect(kinds(snapshot({ last: 170 }), { held: old })).toEqual(['jump'])
  })
})

describe('a fault in a part costs that part', () => {
  it('both sides of an inverted quote, with their sizes', () => {
    const { row, findings } = judge(snapshot({ bid: 100.5, ask: 100 }))
    expect(findings).toMatchObject([{ kind: 'inverted', refused: false, evidence: { bid: 100.5, ask: 100 } }])
    expect(row!.quote).toMatchObject({ last: 100, bid: null, ask: null, bidSize: null, askSize: null })
  })

  it('a locked quote is none', () => {
    expect(kinds(snapshot({ bid: 100, ask: 100 }))).toEqual([])
  })

  it('a zero side, the other stays', () => {
    const { row, findings } = judge(snapshot({ bid: 0 }))
    expect(findings.map((f) => f.kind)).toEqual(['bad_side'])
    expect(row!.quote).toMatchObject({ bid: null, bidSize: null, ask: 100.01, askSize: 200 })
  })

  it('what is counted where nobody knows the volume', () => {
    const { row } = gate({
      ...{ snapshot: snapshot({ assetClass: 'fx', symbol: 'EUR-USD' }), source: 'x', currency: 'USD' },
      ...{ held: null, marketNow: now, thresholds: GATE_THRESHOLDS.fx },
    })
    expect([row!.quote.volume, row!.day!.volume]).toEqual([null, null])
    expect(judge(snapshot()).row!.quote.volume).toBe(1_000)
  })

  it('a negative volume', () => {
    expect(judge(snapshot({ volume: -1 })).row!.quote.volume).toBeNull()
  })

  it('a day that is all zeros, as before the first trade', () => {
    const { row, findings } = judge(snapshot({}, { day: { open: 0, high: 0, low: 0, close: 0, volume: 0 } }))
    expect(findings.map((f) => f.kind)).toEqual(['bad_day'])
    expect(row!.day).toBeNull()
    expect(row!.quote.last).toBe(100)
  })

  it('a minute that is broken, of the future, or far from the price', () => {
    expect(judge(snapshot({}, { minuteBar: { ...bar(100), high: 50 } })).row!.minuteBar).toBeNull()
    expect(judge(snapshot({}, { minuteBar: { ...bar(100), ts: now + DAY_US } })).row!.minuteBar).toBeNull()
    expect(judge(snapshot({}, { minuteBar: bar(1) })).row!.minuteBar).toBeNull()
    expect(judge(snapshot({}, { minuteBar: bar(100.2) })).row!.minuteBar).not.toBeNull()
  })
})
