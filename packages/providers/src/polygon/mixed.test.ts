import { describe, expect, it } from 'vitest'
import { fixture } from '../testing-fixture.ts'
import { at, testVendor } from '../testing-server.ts'
import { providerAt, refOf } from './testing-provider.ts'

const SPX = refOf('SPX', 'index')

describe('indices and contracts, under /v3/snapshot', () => {
  it('one call for a list; what is not found is missing, what is refused is dropped, each for itself', async () => {
    await using vendor = await testVendor(() => ({ body: fixture('polygon/fixtures/mixed.json') }))
    const refs = [SPX, refOf('NOPE', 'index'), refOf('PAID', 'index'), refOf('HALF', 'index')]
    const some = await providerAt(vendor.url).getSnapshots({ assetClass: 'index', refs })
    const [request] = vendor.seen
    expect(request!.path).toBe('/v3/snapshot')
    expect(request!.query.get('ticker.any_of')).toBe('I:SPX,I:NOPE,I:PAID,I:HALF')
    expect(request!.query.get('limit'), 'the default page holds ten').toBe('250')
    expect(some.missing).toEqual([refOf('NOPE', 'index')])
    expect(some.dropped).toEqual([
      { row: 'I:PAID', reason: 'NOT_ENTITLED: Not entitled to this ticker.' },
      { row: 'I:HALF', reason: 'value: expected number, received string' },
    ])
    expect(some.rows).toEqual([
      {
        quote: {
          ...SPX,
          ts: at('2026-02-25T14:59:58Z') + 123_456,
          tsOrigin: 'vendor',
          last: 6120.25,
          bid: null,
          ask: null,
          bidSize: null,
          askSize: null,
          volume: null,
          feed: 'delayed',
          delayedMinutes: 15,
          currency: 'USD',
        },
        minuteBar: null,
        day: { open: 6100.5, high: 6130, low: 6095.25, close: 6120.25, volume: null },
        sessionDate: '2026-02-25',
        previousClose: 6088,
      },
    ])
  })

  it('an option contract has a trade, two sides and a day of its own', async () => {
    const row = {
      ticker: 'O:ACME260320C00095000',
      type: 'options',
      session: { open: 0, high: 0, low: 0, close: 0, previous_close: 7, volume: 0 },
      last_quote: { ask: 7.4, ask_size: 5, bid: 7.1, bid_size: 6, last_updated: 1772031590000000 },
      last_trade: { price: 7.25, sip_timestamp: 1772031580123456 },
    }
    await using vendor = await testVendor(() => ({ body: { status: 'OK', results: [row] } }))
    const contract = refOf('ACME:2026-03-20:C:95', 'option')
    const { rows } = await providerAt(vendor.url).getQuotes([contract])
    expect(vendor.seen[0]!.query.get('ticker.any_of')).toBe('O:ACME260320C00095000')
    expect(rows[0]).toMatchObject({
      ...contract,
      last: 7.25,
      bid: 7.1,
      askSize: 5,
      volume: null,
      feed: 'opra',
    })
    expect(rows[0]!.ts).toBe(at('2026-02-25T14:59:40Z') + 123_456)
  })

  it('more than 250 are asked in lists of 250; a list that fails leaves its symbols unknown, not missing', async () => {
    await using vendor = await testVendor((r) =>
      r.query.get('ticker.any_of')!.includes('I:N0,')
        ? { body: { status: 'OK', results: [] } }
        : { status: 500, body: '' },
    )
    const refs = Array.from({ length: 300 }, (_, i) => refOf(`N${i}`, 'index'))
    const some = await providerAt(vendor.url).getSnapshots({ assetClass: 'index', refs })
    expect(some.failure?.kind).toBe('unavailable')
    expect(some.missing).toHaveLength(250)
  })

  it('the whole index market is no question that the vendor answers', async () => {
    const all = providerAt('http://127.0.0.1:9').getSnapshots({ assetClass: 'index', refs: 'all' })
    await expect(all).rejects.toMatchObject({ kind: 'unsupported' })
  })
})

const chain = (expiries: string[]) => ({
  status: 'OK',
  results: expiries.map((date) => ({
    ticker: `O:ACME${date.slice(2).replaceAll('-', '')}C00095000`,
    underlying_ticker: 'ACME',
    expiration_date: date,
  })),
})

describe('options chain', () => {
  const answer = (path: string) =>
    path === '/v3/reference/options/contracts'
      ? { body: chain(['2026-04-17', '2026-03-20', '2026-02-20']) }
      : { body: fixture('polygon/fixtures/chain.json') }

  it('the nearest expiry, by strike, with every expiry from today on', async () => {
    await using vendor = await testVendor((r) => answer(r.path))
    const got = await providerAt(vendor.url).getOptionsChain!({ ref: refOf('ACME') })
    expect(vendor.seen.map((r) => [r.path, r.query.get('expiration_date'), r.query.get('limit')])).toEqual([
      ['/v3/reference/options/contracts', null, '1000'],
      ['/v3/snapshot/options/ACME', '2026-03-20', '250'],
    ])
    expect(got).toMatchObject({
      expirations: ['2026-03-20', '2026-04-17'],
      expiry: '2026-03-20',
      underlyingLast: 101.5,
      missing: [],
      calls: 2,
    })
    expect(got.rows.map((r) => r.symbol)).toEqual(['ACME:2026-03-20:C:95', 'ACME:2026-03-20:P:95'])
    expect(got.dropped).toEqual([{ row: 'O:ACME26', reason: 'ticker O:ACME26 is no option symbol' }])
    const [call, put] = got.rows
    expect(call).toMatchObject({
      last: 7.25,
      bid: 7.1,
      ask: 7.4,
      impliedVolatility: null, // 0 on the wire
      delta: null,
      openInterest: 12,
      feed: 'delayed',
      delayedMinutes: 15,
      ts: at('2026-02-25T14:59:50Z'),
    })
    // No trade on the Starter plan: the day's close, at the newest of its times.
    expect(put).toMatchObject({
      right: 'put',
      contractSize: 100,
      last: 1.2,
      bid: null,
      bidSize: null,
      ask: 1.3,
      askSize: 12,
      volume: 40,
      delta: -0.21,
      ts: at('2026-02-25T14:59:59Z'),
      feed: 'opra',
      currency: 'USD',
    })
  })

  it('pages are followed; an expiry that is not listed costs no chain; no options at all is missing', async () => {
    await using vendor = await testVendor((r, index) => {
      if (r.path.endsWith('/NONE') || r.query.get('underlying_ticker') === 'NONE') return { body: chain([]) }
      if (index === 0)
        return { body: { ...chain(['2026-03-20']), next_url: `http://${r.headers.host}/more` } }
      return r.path === '/more' ? { body: chain(['2026-04-17']) } : answer(r.path)
    })
    const provider = providerAt(vendor.url)
    const none = await provider.getOptionsChain!({ ref: refOf('ACME'), expiry: '2026-05-15' })
    expect(none).toMatchObject({
      expirations: ['2026-03-20', '2026-04-17'],
      expiry: null,
      rows: [],
      calls: 2,
    })
    const nothing = await provider.getOptionsChain!({ ref: refOf('NONE') })
    expect(nothing).toMatchObject({ missing: [refOf('NONE')], expirations: [], calls: 1 })
  })

  it('only shares have chains here', async () => {
    const ask = providerAt('http://127.0.0.1:9').getOptionsChain!({ ref: refOf('BTC-USD', 'crypto') })
    await expect(ask).rejects.toMatchObject({ kind: 'unsupported' })
  })
})
