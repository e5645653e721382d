import { describe, expect, it } from 'vitest'
import { fixture } from '../testing-fixture.ts'
import { at, testVendor } from '../testing-server.ts'
import { EURUSD, fx, providerAt } from './testing-oanda.ts'

const prices = () => ({ body: fixture('oanda/fixtures/prices.json') })
const instruments = () => ({ body: fixture('oanda/fixtures/instruments.json') })

describe('prices', () => {
  it('one call for a list; last is the middle, at the vendor’s own time', async () => {
    await using vendor = await testVendor(prices)
    const got = await providerAt(`${vendor.url}/oanda`).getSnapshots({ assetClass: 'fx', refs: [EURUSD] })
    const [request] = vendor.seen
    expect(request!.path).toBe('/oanda/v3/accounts/101-001-7/pricing')
    expect(Object.fromEntries(request!.query)).toEqual({ instruments: 'EUR_USD' })
    expect(request!.headers).toMatchObject({
      authorization: 'Bearer secret-token',
      'accept-datetime-format': 'RFC3339',
    })
    expect(got.rows).toEqual([
      {
        quote: {
          ...EURUSD,
          ts: at('2026-02-25T15:00:29Z') + 123_456,
          tsOrigin: 'vendor',
          last: 1.081265,
          bid: 1.0812,
          ask: 1.08133,
          bidSize: 1_000_000,
          askSize: 3_000_000,
          volume: null,
          feed: 'oanda',
          delayedMinutes: 0,
          currency: 'USD',
        },
        minuteBar: null,
        day: null,
        sessionDate: '2026-02-25',
        previousClose: null,
      },
    ])
  })

  it('closed for the weekend: the last known price with its own time, without sizes', async () => {
    await using vendor = await testVendor(prices)
    const { rows } = await providerAt(vendor.url).getQuotes([fx('USD-JPY')])
    expect(rows[0]).toMatchObject({
      ts: at('2026-02-20T21:59:58Z'),
      tsOrigin: 'vendor',
      last: 155.02,
      bid: 155.01,
      ask: 155.03,
      bidSize: null,
      currency: 'JPY',
    })
  })

  it('what does not come is missing, what is broken or without a price is dropped, another’s is counted, never taken', async () => {
    await using vendor = await testVendor(prices)
    const refs = ['EUR-USD', 'GBP-USD', 'AUD-USD', 'NZD-USD', 'DE30-EUR'].map(fx)
    const got = await providerAt(vendor.url).getQuotes(refs)
    expect(vendor.seen[0]!.query.get('instruments')).toBe('EUR_USD,GBP_USD,AUD_USD,NZD_USD')
    expect(got.rows.map((q) => q.symbol)).toEqual(['EUR-USD'])
    expect(got.missing).toEqual([fx('DE30-EUR'), fx('NZD-USD')])
    expect(got.dropped).toEqual([
      { row: 'USD_JPY', reason: 'was not asked for' },
      { row: 'GBP_USD', reason: 'no price' },
      { row: 'AUD_USD', reason: 'bids.0.price: is not a decimal' },
      { row: 'USD_SEK', reason: 'was not asked for' },
    ])
  })

  it('one instrument that the account does not have costs itself, and is remembered', async () => {
    await using vendor = await testVendor((r) => {
      if (r.path.endsWith('/instruments')) return instruments()
      return r.query.get('instruments')!.includes('TRY_ZAR')
        ? { status: 400, body: { errorMessage: "Invalid value specified for 'instruments'" } }
        : prices()
    })
    const provider = providerAt(vendor.url)
    const refs = [EURUSD, fx('TRY-ZAR')]
    const first = await provider.getQuotes(refs)
    expect([first.rows.length, first.missing, first.calls]).toEqual([1, [fx('TRY-ZAR')], 3])
    const second = await provider.getQuotes(refs)
    expect([second.rows.length, second.missing, second.calls]).toEqual([1, [fx('TRY-ZAR')], 1])
    expect(await provider.getQuotes([fx('TRY-ZAR')])).toMatchObject({ rows: [], calls: 0 })
  })

  it('a list that is refused although the account has all of it is an error', async () => {
    await using vendor = await testVendor((r) =>
      r.path.endsWith('/instruments')
        ? instruments()
        : { status: 400, body: { errorMessage: "Invalid value specified for 'instruments'" } },
    )
    await expect(providerAt(vendor.url).getQuotes([EURUSD])).rejects.toMatchObject({ kind: 'not_found' })
  })
})

describe('instruments', () => {
  it('pairs of currencies; metals and CFDs are counted with their reason', async () => {
    await using vendor = await testVendor(instruments)
    const got = await providerAt(vendor.url).listInstruments!('fx')
    expect(vendor.seen[0]!.path).toBe('/v3/accounts/101-001-7/instruments')
    expect(got.rows).toEqual([
      { ...EURUSD, name: 'EUR/USD', currency: 'USD', listingType: 'CURRENCY' },
      { ...fx('USD-JPY'), name: 'USD/JPY', currency: 'JPY', listingType: 'CURRENCY' },
    ])
    expect(got.dropped).toEqual([
      { row: 'XAU_USD', reason: 'is a METAL, no pair of currencies' },
      { row: 'SPX500_USD', reason: 'is a CFD, no pair of currencies' },
      { row: 'WTICO_USD', reason: 'type: expected string, received undefined' },
    ])
  })
})

describe('refusals', () => {
  const cases: [number, unknown, string][] = [
    [401, { errorMessage: 'Insufficient authorization to perform request.' }, 'unauthorized'],
    [403, { errorMessage: 'The provided request was forbidden.' }, 'not_entitled'],
    [400, { errorMessage: "Maximum value for 'count' exceeded" }, 'invalid_request'],
    [400, { errorMessage: "Invalid value specified for 'to'. Time is in the future" }, 'invalid_request'],
    [404, { errorMessage: 'No such account', errorCode: 'NO_SUCH_ACCOUNT' }, 'not_found'],
    [429, { errorMessage: 'Rate limit violation' }, 'rate_limited'],
    [503, '<html>', 'unavailable'],
  ]
  for (const [status, body, kind] of cases) {
    it(`${status} ${JSON.stringify(body).slice(0, 70)} is ${kind}`, async () => {
      await using vendor = await testVendor(() => ({ status, headers: { 'retry-after': '1' }, body }))
      const call = providerAt(vendor.url).getBars({ ref: EURUSD, timeframe: '1m', from: 0, to: 6e7 })
      await expect(call).rejects.toMatchObject({ kind, status })
    })
  }

  it('without a token or an account nothing is sent; other classes are not here', async () => {
    await using vendor = await testVendor(prices)
    const partial: Record<string, string>[] = [{}, { token: 't' }, { accountId: 'a' }]
    for (const credentials of partial) {
      const call = providerAt(vendor.url, { credentials }).getQuotes([EURUSD])
      await expect(call).rejects.toMatchObject({ kind: 'unauthorized' })
    }
    const equity = { assetClass: 'equity', symbol: 'AAPL' } as const
    await expect(providerAt(vendor.url).getQuotes([equity])).rejects.toMatchObject({ kind: 'unsupported' })
    expect(vendor.seen).toHaveLength(0)
  })

  it('bodies that are no such answer are malformed', async () => {
    for (const body of ['', '{"prices":', '{"quotes":[]}', '<html>']) {
      await using vendor = await testVendor(() => ({ body }))
      await expect(providerAt(vendor.url).getQuotes([EURUSD])).rejects.toMatchObject({ kind: 'malformed' })
    }
  })
})
