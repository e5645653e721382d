// Frames are read by the SDK's decoder and our mappers, recorded ones as live ones.
import { describe, expect, it } from 'vitest'
import { fixture } from '../testing-fixture.ts'
import { at } from '../testing-server.ts'
import { kindOfCode } from './codes.ts'
import { durationText, endText, piecesOf, stretched } from './history.ts'
import { recordings } from './recordings.ts'
import { decodeFrame } from './sdk.ts'
import { contractFromRef, contractMeant } from './symbols.ts'

const frames = JSON.parse(fixture('ibkr/fixtures/frames.json')) as Record<string, string[]>
const meta = { status: 200, path: '', query: {}, receivedAt: at('2026-02-25T15:00:00Z') }
const read = (endpoint: string, body: unknown) =>
  recordings.find((r) => r.endpoint === endpoint)!.read(JSON.stringify(body), meta)
const wire = (name: string) => read('tws-wire', { fields: frames[name] })

describe('frames', () => {
  it('a bid brings its size, which the SDK forgets; a delayed price says that it is one', () => {
    expect(decodeFrame(frames.bid!.slice(0, -1), 163)).toEqual([
      { type: 'size', field: 0, value: 300 },
      { type: 'price', field: 1, value: 50.1 },
    ])
    expect(wire('bid')).toMatchObject({ ok: true, nouns: [{ bid: 50.1, bidSize: 300, delayedMinutes: 0 }] })
    expect(wire('delayedLast')).toMatchObject({ ok: true, nouns: [{ last: 50.05, delayedMinutes: 15 }] })
  })

  it('a size or a time alone is no quote yet', () => {
    for (const name of ['size', 'lastTime']) {
      expect(wire(name)).toMatchObject({ ok: true, nouns: [], dropped: [{ reason: /no price/ }] })
    }
  })

  it('bars keep the exchange’s date; a bad one is dropped, not the others; a cut one is malformed', () => {
    expect(wire('history')).toMatchObject({
      ok: true,
      nouns: [{ sessionDate: '2026-02-23', open: 49, close: 50.2, volume: 1_234_567, timeframe: '1d' }],
      dropped: [{ row: 1, reason: 'low is 0, not a price' }],
    })
    expect(wire('historyCutShort')).toMatchObject({ ok: false, error: { kind: 'malformed' } })
  })

  it('errors are typed, information is nothing, what is never asked for is said so', () => {
    expect(wire('noSuchContract')).toMatchObject({ ok: false, error: { kind: 'not_found' } })
    expect(wire('farm')).toEqual({ ok: true, nouns: [], dropped: [] })
    expect(wire('depth')).toMatchObject({ dropped: [{ reason: 'market depth are never asked for' }] })
  })

  it('decoded ticks: a size alone was written with the price -1', () => {
    const ticks = [
      { time: '2026-02-25T15:00:00+00:00', price: 50.1, size: 300, tickType: 1 },
      { time: '2026-02-25T15:00:01+00:00', price: -1, size: 9000, tickType: 8 },
      { time: '2026-02-25T15:00:01+00:00', price: -1, size: 9000, tickType: 8 },
    ]
    expect(read('tws-market-data-ticks', ticks)).toMatchObject({
      nouns: [
        { bid: 50.1, bidSize: 300, volume: null, ts: at('2026-02-25T15:00:00Z') },
        { bid: 50.1, volume: 9000, ts: at('2026-02-25T15:00:01Z') },
      ],
    })
  })
})

describe('requests', () => {
  it('durations are seconds, days or years, as the vendor takes them; ends are UTC', () => {
    const days = (n: number) => n * 86_400e6
    expect([90e6, days(1), days(1) + 1, days(365), days(366)].map(durationText)).toEqual([
      '90 S',
      '86400 S',
      '2 D',
      '365 D',
      '2 Y',
    ])
    expect(['60 S', '86400 S', '365 D', '20 Y'].map((d) => stretched(d, 1))).toEqual([
      '61 S',
      '2 D',
      '1 Y',
      '21 Y',
    ])
    expect(stretched('60 S', 0)).toBe('60 S')
    expect(endText(at('2026-02-25T15:00:00Z'))).toBe('20260225-15:00:00')
  })

  it('nothing to ask in an empty range or in the future', () => {
    const now = at('2026-02-25T15:00:00Z')
    expect(piecesOf('1m', { from: now, to: now, now })).toEqual([])
    expect(piecesOf('1m', { from: now + 60e6, to: now + 120e6, now })).toEqual([])
  })

  it('the US listing of a name is meant, not its namesakes elsewhere', () => {
    const ref = { assetClass: 'equity', symbol: 'ACME' } as const
    const found = [
      { conId: 1, currency: 'GBP', primaryExchange: 'LSE' },
      { conId: 2, currency: 'USD', primaryExchange: 'VALUE' },
      { conId: 3, currency: 'USD', primaryExchange: 'NASDAQ.NMS' },
    ]
    expect(contractMeant(ref, found)?.conId).toBe(3)
    expect(contractMeant(ref, found.slice(0, 2))).toBeNull()
  })

  it('symbols as contracts', () => {
    expect(contractFromRef({ assetClass: 'option', symbol: 'BRK.B:2026-03-20:P:412.5' })).toMatchObject({
      symbol: 'BRK B',
      secType: 'OPT',
      expiry: '20260320',
      strike: 412.5,
      right: 'P',
    })
    expect(contractFromRef({ assetClass: 'index', symbol: 'DJI' })).toMatchObject({
      symbol: 'INDU',
      exchange: 'CME',
    })
    expect(contractFromRef({ assetClass: 'crypto', symbol: 'BTC-USD' })).toBeNull()
    expect(contractFromRef({ assetClass: 'option', symbol: 'nonsense' })).toBeNull()
  })

  it('162 is read by its words', () => {
    const words = (text: string) => kindOfCode(162, `Historical Market Data Service error message:${text}`)
    expect(words('Historical data request pacing violation')).toBe('rate_limited')
    expect(words('Time length exceed max, request rejected')).toBe('invalid_request')
    expect(kindOfCode(322, 'Only 50 simultaneous API historical data requests allowed.')).toBe('rate_limited')
    expect(kindOfCode(322, 'Error processing request: server error')).toBe('unavailable')
    expect(words('Trading TWS session is connected from a different IP address')).toBe('unavailable')
  })
})
