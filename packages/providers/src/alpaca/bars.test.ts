import { describe, expect, it } from 'vitest'
import { at, clockAt, testVendor } from '../testing-server.ts'
import { contract, pair, providerAt, stock } from './testing-alpaca.ts'

const row = (t: string, c = 100) => ({ t, o: c, h: c + 1, l: c - 1, c, v: 500, n: 5, vw: c })
const page = (symbol: string, rows: unknown[], next: string | null = null) => ({
  body: { bars: rows.length > 0 ? { [symbol]: rows } : {}, next_page_token: next },
})
const NVDA = stock('NVDA')
const minutes = {
  ref: NVDA,
  timeframe: '1m',
  from: at('2026-02-24T15:00:00Z'),
  to: at('2026-02-24T15:03:00Z'),
} as const

describe('bars', () => {
  it('asks split-adjusted bars of the plan’s tape, both ends included, under today’s name', async () => {
    await using vendor = await testVendor(() => page('NVDA', [row('2026-02-24T15:00:00Z')]))
    const { rows } = await providerAt(vendor.url).getBars(minutes)
    expect(vendor.seen[0]!.path).toBe('/v2/stocks/bars')
    expect(Object.fromEntries(vendor.seen[0]!.query)).toEqual({
      symbols: 'NVDA',
      timeframe: '1Min',
      start: '2026-02-24T15:00:00.000000Z',
      end: '2026-02-24T15:02:59.999999Z',
      limit: '10000',
      sort: 'asc',
      adjustment: 'split',
      feed: 'sip',
      asof: '2026-02-25',
    })
    expect(rows).toEqual([
      {
        ...NVDA,
        open: 100,
        high: 101,
        low: 99,
        close: 100,
        volume: 500,
        timeframe: '1m',
        ts: at('2026-02-24T15:00:00Z'),
        sessionDate: '2026-02-24',
        basis: 'split',
        feed: 'sip',
        final: true,
      },
    ])
  })

  it('follows next_page_token to its end; a symbol may first appear on a later page', async () => {
    const pages = [
      page('NVDA', [], 'p2'),
      page('NVDA', [row('2026-02-24T15:01:00Z')], 'p3'),
      page('NVDA', [row('2026-02-24T15:02:00Z'), row('2026-02-24T15:01:00Z', 101)]),
    ]
    await using vendor = await testVendor((_, i) => pages[i]!)
    const { rows, calls } = await providerAt(vendor.url).getBars(minutes)
    expect(vendor.seen.map((r) => r.query.get('page_token'))).toEqual([null, 'p2', 'p3'])
    expect(rows.map((b) => [b.ts, b.close])).toEqual([
      [at('2026-02-24T15:01:00Z'), 101],
      [at('2026-02-24T15:02:00Z'), 100],
    ])
    expect(calls).toBe(3)
  })

  it('a page without its mark was cut, and a token that comes twice leads nowhere', async () => {
    await using cut = await testVendor(() => ({ body: { bars: { NVDA: [row('2026-02-24T15:00:00Z')] } } }))
    await expect(providerAt(cut.url).getBars(minutes)).rejects.toMatchObject({ kind: 'malformed' })
    await using loop = await testVendor(() => page('NVDA', [], 'again'))
    await expect(providerAt(loop.url).getBars(minutes)).rejects.toMatchObject({ kind: 'malformed' })
  })

  it('another symbol’s bars are no answer', async () => {
    await using vendor = await testVendor(() => page('AAPL', [row('2026-02-24T15:00:00Z')]))
    await expect(providerAt(vendor.url).getBars(minutes)).rejects.toMatchObject({
      kind: 'malformed',
      message: 'Alpaca answered with bars of AAPL, not of NVDA',
    })
  })

  it('an empty range is an empty answer, and an empty request no call', async () => {
    await using vendor = await testVendor(() => page('NVDA', []))
    const provider = providerAt(vendor.url)
    expect(await provider.getBars(minutes)).toMatchObject({ rows: [], dropped: [], calls: 1 })
    expect(await provider.getBars({ ...minutes, to: minutes.from })).toMatchObject({ rows: [], calls: 0 })
    expect(vendor.seen).toHaveLength(1)
  })

  it('days are stamped midnight New York, in winter and in summer: only the date is kept', async () => {
    const rows = [row('2025-07-01T04:00:00Z'), row('2026-02-24T05:00:00Z'), row('2026-02-25T05:00:00Z')]
    await using vendor = await testVendor(() => page('NVDA', rows))
    const { rows: bars } = await providerAt(vendor.url).getBars({
      ref: NVDA,
      timeframe: '1d',
      from: at('2025-07-01T00:00:00Z'),
      to: at('2026-02-26T00:00:00Z'),
    })
    expect(vendor.seen[0]!.query.get('start')).toBe('2025-07-01T04:00:00.000000Z')
    expect(vendor.seen[0]!.query.get('end')).toBe('2026-02-26T04:59:59.999999Z')
    expect(bars.map((b) => [b.ts, b.sessionDate, b.final])).toEqual([
      [at('2025-07-01T00:00:00Z'), '2025-07-01', true],
      [at('2026-02-24T00:00:00Z'), '2026-02-24', true],
      [at('2026-02-25T00:00:00Z'), '2026-02-25', false], // the session is not over
    ])
  })

  it('weeks and months bear the Monday and the first', async () => {
    await using vendor = await testVendor((r) =>
      page('NVDA', [
        row(r.query.get('timeframe') === '1Week' ? '2026-02-16T05:00:00Z' : '2026-02-01T05:00:00Z'),
      ]),
    )
    const range = { ref: NVDA, from: at('2026-02-01T00:00:00Z'), to: at('2026-03-01T00:00:00Z') }
    const provider = providerAt(vendor.url)
    const [week] = (await provider.getBars({ ...range, timeframe: '1w' })).rows
    const [month] = (await provider.getBars({ ...range, timeframe: '1mo' })).rows
    expect([week!.sessionDate, week!.final]).toEqual(['2026-02-16', true])
    expect([month!.sessionDate, month!.final]).toEqual(['2026-02-01', false])
  })

  it('bad rows are counted, the rest is kept', async () => {
    const rows = [
      row('2026-02-24T15:00:00Z'),
      { ...row('2026-02-24T15:01:00Z'), c: 0 },
      { ...row('2026-02-24T15:01:00Z'), o: null },
      row('2026-02-24T15:01:30Z'),
    ]
    await using vendor = await testVendor(() => page('NVDA', rows))
    const got = await providerAt(vendor.url).getBars(minutes)
    expect(got.rows).toHaveLength(1)
    expect(got.dropped.map((d) => d.reason)).toEqual([
      'close is 0, not a price',
      'o: expected number, received null',
      'starts off the 1m grid',
    ])
  })

  it('crypto has its own endpoint, without key, feed and adjustment', async () => {
    await using vendor = await testVendor(() => page('BTC/USD', [row('2026-02-24T15:00:00Z')]))
    const provider = providerAt(vendor.url, { credentials: {} })
    const got = await provider.getBars({ ...minutes, ref: pair('BTC-USD') })
    expect(vendor.seen[0]!.path).toBe('/v1beta3/crypto/us/bars')
    expect([...vendor.seen[0]!.query.keys()].sort()).toEqual([
      'end',
      'limit',
      'sort',
      'start',
      'symbols',
      'timeframe',
    ])
    expect(got.rows).toMatchObject([{ symbol: 'BTC-USD', basis: 'raw', feed: 'alpaca', final: true }])
  })

  it('what it does not have it refuses without a call', async () => {
    const provider = providerAt('http://127.0.0.1:1')
    const range = { from: 0, to: 1_000_000 }
    for (const [ref, timeframe, kind] of [
      [NVDA, '4h', 'unsupported'],
      [pair('BTC-USD'), '1d', 'unsupported'],
      [contract('NVDA:2026-02-27:C:190'), '1m', 'unsupported'],
      [stock('AC/WS'), '1m', 'not_found'],
    ] as const) {
      await expect(provider.getBars({ ref, timeframe, ...range })).rejects.toMatchObject({ kind })
    }
  })
})

describe('bars of the free plan', () => {
  const now = '2026-02-25T16:00:00Z'
  const free = (url: string) => providerAt(url, { tier: 'iex_free', marketClock: clockAt(now) })

  it('are the whole market’s, cut before the last 15 minutes and final when those have passed', async () => {
    await using vendor = await testVendor(() =>
      page('NVDA', [row('2026-02-25T15:43:00Z'), row('2026-02-25T15:45:00Z')]),
    )
    const { rows } = await free(vendor.url).getBars({
      ref: NVDA,
      timeframe: '1m',
      from: at('2026-02-25T14:30:00Z'),
      to: at(now),
    })
    expect(vendor.seen[0]!.query.get('feed')).toBe('sip')
    expect(vendor.seen[0]!.query.get('end')).toBe('2026-02-25T15:44:00.000000Z')
    expect(rows.map((b) => [b.feed, b.final])).toEqual([
      ['sip', true],
      ['sip', false],
    ])
  })

  it('a short fresh range, as a break of the stream leaves it, is answered by the live tape alone', async () => {
    await using vendor = await testVendor(() => page('NVDA', [row('2026-02-25T15:57:00Z')]))
    const { rows } = await free(vendor.url).getBars({
      ref: NVDA,
      timeframe: '1m',
      from: at('2026-02-25T15:40:00Z'),
      to: at('2026-02-25T15:59:00Z'),
    })
    expect(vendor.seen.map((r) => r.query.get('feed'))).toEqual(['iex'])
    expect(vendor.seen[0]!.query.get('end')).toBe('2026-02-25T15:58:59.999999Z')
    expect(rows.map((b) => [b.feed, b.final])).toEqual([['iex', true]])
  })
})
