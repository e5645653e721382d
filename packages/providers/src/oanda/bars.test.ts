import { describe, expect, it } from 'vitest'
import { at, clockAt, type SeenRequest, testVendor } from '../testing-server.ts'
import { EURUSD, fx, providerAt } from './testing-oanda.ts'

const candle = (time: string, c = 1.1, complete = true) => {
  const [o, h, l] = [c, c + 0.01, c - 0.01].map((n) => n.toFixed(5))
  return { complete, volume: 77, time, mid: { o, h, l, c: c.toFixed(5) } }
}
const page = (candles: unknown[], granularity = 'M1') => ({
  body: { instrument: 'EUR_USD', granularity, candles },
})

/** Minutes as the vendor keeps them: asked by start and count, sparse where there were no ticks. */
const minutesOf = (all: readonly string[]) => (r: SeenRequest) => {
  const from = r.query.get('from')!
  const after = all.filter(
    (t) => at(t) > at(from) || (at(t) === at(from) && r.query.get('includeFirst') === 'true'),
  )
  return page(after.slice(0, Number(r.query.get('count'))).map((t) => candle(t)))
}

describe('bars', () => {
  it('the middle price from a start, counted, never with an end', async () => {
    const all = [
      '2026-02-24T15:00:00Z',
      '2026-02-24T15:01:00Z',
      '2026-02-24T15:04:00Z',
      '2026-02-24T15:05:00Z',
    ]
    await using vendor = await testVendor(minutesOf(all))
    const got = await providerAt(vendor.url).getBars({
      ref: EURUSD,
      timeframe: '1m',
      from: at('2026-02-24T15:00:00Z'),
      to: at('2026-02-24T15:05:00Z'),
    })
    expect(vendor.seen[0]!.path).toBe('/v3/instruments/EUR_USD/candles')
    expect(Object.fromEntries(vendor.seen[0]!.query)).toEqual({
      price: 'M',
      granularity: 'M1',
      from: '2026-02-24T15:00:00.000000Z',
      count: '6',
      includeFirst: 'true',
      smooth: 'false',
      dailyAlignment: '17',
      alignmentTimezone: 'America/New_York',
      weeklyAlignment: 'Friday',
    })
    // Sparse: minutes without ticks have no candle; volume counts ticks and is no volume.
    expect(got.rows.map((b) => b.ts)).toEqual(all.slice(0, 3).map(at))
    expect(got.rows[0]).toEqual({
      ...EURUSD,
      open: 1.1,
      high: 1.11,
      low: 1.09,
      close: 1.1,
      volume: null,
      timeframe: '1m',
      ts: at('2026-02-24T15:00:00Z'),
      sessionDate: '2026-02-24',
      basis: 'raw',
      feed: 'oanda',
      final: true,
    })
    expect(got.calls).toBe(1)
  })

  it('goes on after the last candle of a full page, without repeating it', async () => {
    const start = at('2026-02-16T00:00:00Z')
    const all = Array.from({ length: 7000 }, (_, i) => new Date(start / 1000 + i * 60_000).toISOString())
    await using vendor = await testVendor(minutesOf(all))
    const got = await providerAt(vendor.url).getBars({
      ref: EURUSD,
      timeframe: '1m',
      from: start,
      to: start + 7000 * 60_000_000,
    })
    expect(got.rows).toHaveLength(7000)
    expect(vendor.seen.map((r) => [r.query.get('count'), r.query.get('includeFirst')])).toEqual([
      ['5000', 'true'],
      ['2002', 'false'],
    ])
    for (const { query } of vendor.seen) expect(query.has('to')).toBe(false)
  })

  it('a page that was cut is not taken for the end', async () => {
    const all = Array.from({ length: 10 }, (_, i) => `2026-02-24T15:0${i}:00Z`)
    await using vendor = await testVendor((r, i) => {
      const whole = minutesOf(all)(r).body
      return i === 0 ? page(whole.candles.slice(0, 4)) : page(whole.candles)
    })
    const range = { from: at(all[0]!), to: at('2026-02-24T15:10:00Z') }
    const got = await providerAt(vendor.url).getBars({ ref: EURUSD, timeframe: '1m', ...range })
    expect([got.rows.length, got.calls]).toEqual([10, 2])
  })

  it('on a weekend an empty page settles that there is no more; the future is not asked', async () => {
    await using vendor = await testVendor(minutesOf(['2026-02-20T21:59:00Z']))
    const provider = providerAt(vendor.url, { marketClock: clockAt('2026-02-21T12:00:00Z') })
    const range = { ref: EURUSD, timeframe: '1m', from: at('2026-02-20T21:00:00Z') } as const
    const got = await provider.getBars({ ...range, to: at('2026-02-21T12:00:00Z') })
    expect([got.rows.length, got.calls]).toEqual([1, 2])
    const from = at('2026-02-22T00:00:00Z')
    expect(await provider.getBars({ ...range, from, to: from + 6e7 })).toMatchObject({ rows: [], calls: 0 })
  })

  it('the open candle is not final, and ends the walk', async () => {
    await using vendor = await testVendor(() =>
      page([candle('2026-02-25T14:59:00Z'), candle('2026-02-25T15:00:00Z', 1.1, false)]),
    )
    const range = { from: at('2026-02-25T14:59:00Z'), to: at('2026-02-25T16:00:00Z') }
    const got = await providerAt(vendor.url).getBars({ ref: EURUSD, timeframe: '1m', ...range })
    expect(got.rows.map((b) => b.final)).toEqual([true, false])
    expect(got.calls).toBe(1)
  })

  it('days run from 17:00 New York and bear the next date: Sunday evening opens Monday, in winter and summer', async () => {
    const stamps = ['2025-07-06T21:00:00Z', '2026-02-19T22:00:00Z', '2026-02-22T22:00:00Z']
    await using vendor = await testVendor((r) =>
      page(
        r.query.get('includeFirst') === 'true'
          ? stamps.map((t) => candle(`${t.slice(0, 19)}.000000000Z`))
          : [],
        'D',
      ),
    )
    const got = await providerAt(vendor.url).getBars({
      ref: EURUSD,
      timeframe: '1d',
      from: at('2025-07-07T00:00:00Z'),
      to: at('2026-02-26T00:00:00Z'),
    })
    expect(vendor.seen[0]!.query.get('from')).toBe('2025-07-06T21:00:00.000000Z')
    expect(got.rows.map((b) => [b.sessionDate, b.ts])).toEqual([
      ['2025-07-07', at('2025-07-07T00:00:00Z')],
      ['2026-02-20', at('2026-02-20T00:00:00Z')],
      ['2026-02-23', at('2026-02-23T00:00:00Z')],
    ])
  })

  it('weeks run from Friday 17:00 and bear the Monday; months from their eve', async () => {
    await using vendor = await testVendor((r) => {
      if (r.query.get('includeFirst') === 'false') return page([])
      return page([
        candle(r.query.get('granularity') === 'W' ? '2026-02-13T22:00:00Z' : '2026-01-31T22:00:00Z'),
      ])
    })
    const range = { ref: EURUSD, from: at('2026-02-01T00:00:00Z'), to: at('2026-02-25T00:00:00Z') }
    const provider = providerAt(vendor.url)
    const [week] = (await provider.getBars({ ...range, timeframe: '1w' })).rows
    const [month] = (await provider.getBars({ ...range, timeframe: '1mo' })).rows
    expect([week!.sessionDate, month!.sessionDate]).toEqual(['2026-02-16', '2026-02-01'])
    expect(vendor.seen.map((r) => [r.query.get('granularity'), r.query.get('from')])).toEqual(
      expect.arrayContaining([
        ['W', '2026-01-29T22:00:00.000000Z'],
        ['M', '2026-01-31T22:00:00.000000Z'],
      ]),
    )
  })

  it('bad rows are counted; another instrument’s candles are refused', async () => {
    const nothing = { o: '0.00000', h: '0.00000', l: '0.00000', c: '0.00000' }
    const zero = { ...candle('2026-02-24T15:02:00Z'), mid: nothing }
    const broken = { ...candle('2026-02-24T15:01:00Z'), mid: { o: '1.1', h: '1.2', l: 'x', c: '1.1' } }
    const rows = [candle('2026-02-24T15:00:00Z'), broken, candle('2026-02-24T15:01:30Z'), zero]
    await using vendor = await testVendor(() => page(rows))
    const range = { from: at('2026-02-24T15:00:00Z'), to: at('2026-02-24T15:03:00Z') }
    const got = await providerAt(vendor.url).getBars({ ref: EURUSD, timeframe: '1m', ...range })
    expect(got.rows).toHaveLength(1)
    expect(got.dropped.map((d) => d.reason)).toEqual([
      'mid.l: is not a decimal',
      'starts off the 1m grid',
      'open is 0, not a price',
    ])
    const call = providerAt(vendor.url).getBars({ ref: fx('USD-JPY'), timeframe: '1m', ...range })
    await expect(call).rejects.toMatchObject({
      kind: 'malformed',
      message: expect.stringContaining('EUR_USD'),
    })
  })

  it('what it does not have it refuses without a call', async () => {
    const provider = providerAt('http://127.0.0.1:1')
    const range = { from: 0, to: 6e7 }
    await expect(provider.getBars({ ref: EURUSD, timeframe: '4h', ...range })).rejects.toMatchObject({
      kind: 'unsupported',
    })
    await expect(provider.getBars({ ref: fx('DE30-EUR'), timeframe: '1m', ...range })).rejects.toMatchObject({
      kind: 'not_found',
    })
  })
})
