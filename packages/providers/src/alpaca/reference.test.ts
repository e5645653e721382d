import { describe, expect, it } from 'vitest'
import { fixture } from '../testing-fixture.ts'
import { at, testVendor } from '../testing-server.ts'
import { contract, pair, providerAt, stock } from './testing-alpaca.ts'

const chain = () => JSON.parse(fixture('alpaca/fixtures/chain.json'))
const NVDA = stock('NVDA')

describe('options chain', () => {
  it('the nearest expiry that has not passed, by strike, and every expiry listed', async () => {
    await using vendor = await testVendor(() => ({ body: chain() }))
    const got = await providerAt(vendor.url).getOptionsChain!({ ref: NVDA })
    expect(vendor.seen[0]!.path).toBe('/v1beta1/options/snapshots/NVDA')
    expect(Object.fromEntries(vendor.seen[0]!.query)).toEqual({ feed: 'opra', limit: '1000' })
    expect(got.expirations).toEqual(['2026-02-20', '2026-02-27', '2026-03-06'])
    expect(got.expiry).toBe('2026-02-27')
    expect(got.rows.map((r) => r.symbol)).toEqual([
      'NVDA:2026-02-27:C:185.5',
      'NVDA:2026-02-27:C:190',
      'NVDA:2026-02-27:P:190',
    ])
    expect(got.rows[1]).toEqual({
      ...contract('NVDA:2026-02-27:C:190'),
      underlying: NVDA,
      expiry: '2026-02-27',
      right: 'call',
      strike: 190,
      contractSize: 100,
      last: 5.1,
      bid: 5,
      ask: 5.2,
      bidSize: 11,
      askSize: 20,
      volume: 812,
      openInterest: null,
      impliedVolatility: 0.42,
      delta: 0.58,
      gamma: 0.03,
      theta: -0.4,
      vega: 0.06,
      ts: at('2026-02-25T15:00:00Z') + 260_000,
      tsOrigin: 'vendor',
      feed: 'opra',
      delayedMinutes: 0,
      currency: 'USD',
    })
    // Without a daily bar, greeks and a bid: unknown, not zero.
    expect(got.rows[2]).toMatchObject({ last: 3.3, bid: null, bidSize: null, volume: null, delta: null })
    expect(got.dropped).toEqual([
      { row: 'NVDA1260227C00190000', reason: 'is adjusted: it does not deliver 100 shares' },
      { row: 'NVDA260227C00200000', reason: 'no price' },
    ])
  })

  it('an expiry that is asked for, over pages, on the free plan’s feed', async () => {
    const { snapshots } = chain()
    const all = Object.entries(snapshots)
    const pageOf = (rows: unknown[], next: string | null) => ({
      body: { snapshots: Object.fromEntries(rows as [string, unknown][]), next_page_token: next },
    })
    await using vendor = await testVendor((_, i) =>
      i === 0 ? pageOf(all.slice(0, 3), 'x') : pageOf(all.slice(3), null),
    )
    const provider = providerAt(vendor.url, { tier: 'iex_free' })
    const got = await provider.getOptionsChain!({ ref: NVDA, expiry: '2026-03-06' })
    expect(vendor.seen.map((r) => [r.query.get('feed'), r.query.get('page_token')])).toEqual([
      ['indicative', null],
      ['indicative', 'x'],
    ])
    expect(got.rows.map((r) => [r.symbol, r.delayedMinutes])).toEqual([['NVDA:2026-03-06:C:190', 15]])
    expect([got.expirations.length, got.calls]).toEqual([3, 2])
  })

  it('an unknown underlying has no chain; other classes are refused', async () => {
    await using vendor = await testVendor(() => ({ body: { snapshots: {}, next_page_token: null } }))
    const provider = providerAt(vendor.url)
    const none = await provider.getOptionsChain!({ ref: stock('NONE') })
    expect(none).toMatchObject({ rows: [], expirations: [], expiry: null, missing: [stock('NONE')] })
    await expect(provider.getOptionsChain!({ ref: pair('BTC-USD') })).rejects.toMatchObject({
      kind: 'unsupported',
    })
  })
})

describe('corporate actions', () => {
  const range = { from: '2024-06-01', to: '2024-07-01' }
  const actions = () => ({ body: fixture('alpaca/fixtures/actions.json') })

  it('of the whole market: splits either way, dividends of one day added up, oldest first', async () => {
    await using vendor = await testVendor(actions)
    const got = await providerAt(vendor.url).listCorporateActions!({ refs: 'all', ...range })
    expect(vendor.seen[0]!.path).toBe('/v1/corporate-actions')
    expect(Object.fromEntries(vendor.seen[0]!.query)).toEqual({
      types: 'forward_split,reverse_split,cash_dividend',
      start: '2024-06-01',
      // A dividend is booked when it is paid, weeks after the day from which it is not paid.
      end: '2024-08-30',
      limit: '1000',
      sort: 'asc',
    })
    expect(got.rows).toEqual([
      { ...NVDA, exDate: '2024-06-10', kind: 'split', ratio: 10 },
      { ...stock('TINY'), exDate: '2024-06-12', kind: 'split', ratio: 0.02 },
      { ...stock('KO'), exDate: '2024-06-14', kind: 'dividend', amount: 0.585, currency: 'USD' },
    ])
    expect(got.dropped).toEqual([
      { row: 'OOPS', reason: expect.stringContaining('ex_date') },
      { row: 0, reason: 'is of the kind name_changes, neither a split nor a cash dividend' },
    ])
  })

  it('of some symbols, over pages, and only theirs', async () => {
    const pages = [{ body: { corporate_actions: {}, next_page_token: 'n' } }, actions()]
    await using vendor = await testVendor((_, i) => pages[i]!)
    const got = await providerAt(vendor.url).listCorporateActions!({ refs: [stock('KO')], ...range })
    expect(vendor.seen.map((r) => [r.query.get('symbols'), r.query.get('page_token')])).toEqual([
      ['KO', null],
      ['KO', 'n'],
    ])
    expect(got.rows.map((a) => [a.symbol, a.exDate])).toEqual([['KO', '2024-06-14']])
  })
})
