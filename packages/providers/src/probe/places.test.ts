import type { AssetClass } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import type { IDataProvider, RoutedSource } from '../index.ts'
import { registry } from '../registry.ts'
import type { ClassFindings, ProbeFindings } from './findings.ts'
import { type PlacedOrder, proposePlaces } from './places.ts'

/** A connected source of the real registry's capabilities. */
const source = (name: string, tier?: string, owner: RoutedSource['owner'] = 'house'): RoutedSource => {
  const providerName = name.split(':')[0]!
  const { capabilities } = registry.get(providerName)
  const provider = { getName: () => providerName, getCapabilities: () => capabilities } as IDataProvider
  const rest = { tier: tier ?? capabilities.defaultTier, state: 'connected', message: null } as const
  return { name, provider, providerName, owner, credentialId: `${name}-key`, ...rest }
}
const HOUSE = ['polygon', 'alpaca', 'yahoo', 'schwab', 'ibkr', 'coinbase', 'oanda'].map((name) =>
  source(name),
)

const NOTHING = {
  quotes: 'none',
  feed: null,
  delayedMinutes: null,
  ageMs: null,
  charts: false,
  historyDays: null,
  fundamentals: false,
  options: false,
  stream: false,
  sample: null,
} as const
const found = (classes: Partial<Record<AssetClass, Partial<ClassFindings>>>): ProbeFindings => ({
  ok: true,
  tier: 't',
  tierLabel: 'T',
  problem: null,
  classes: Object.entries(classes).map(([assetClass, seen]) => ({
    assetClass: assetClass as AssetClass,
    ...NOTHING,
    ...seen,
  })),
  limits: [],
  symbols: null,
  expiresAt: null,
  calls: 1,
  tookMs: 1,
})
const live = (feed: string) => ({ quotes: 'live', feed, delayedMinutes: 0 }) as const
const late = { quotes: 'delayed', feed: 'delayed', delayedMinutes: 15 } as const

const propose = (
  name: string,
  findings: ProbeFindings,
  { sources = HOUSE, orders = [] }: { sources?: RoutedSource[]; orders?: PlacedOrder[] } = {},
) =>
  proposePlaces({ name, findings, sources, orders }).map(({ kind, assetClass, order, because }) => ({
    place: `${kind}/${assetClass}`,
    order: order.join(' '),
    because,
  }))

describe('a place', () => {
  it('before the house’s source of the same vendor, where both are equally good', () => {
    const sources = [source('polygon'), source('alpaca', 'sip_paid'), source('yahoo')]
    expect(propose('alpaca:2', found({ equity: live('sip') }), { sources })).toEqual([
      {
        place: 'quotes/equity',
        order: 'polygon alpaca:2 alpaca yahoo',
        because: "alpaca:2 comes before alpaca: your own before the house's of the same vendor",
      },
    ])
  })

  it('real time goes before delayed, however the vendors rank', () => {
    const sources = [source('polygon', 'starter'), source('yahoo')]
    const [place] = propose('schwab', found({ equity: live('sip') }), { sources })
    expect(place).toMatchObject({
      order: 'schwab polygon yahoo',
      because: 'schwab comes before polygon: real time, not 15 minutes late',
    })
    const [behind] = propose('polygon:2', found({ equity: late }), {
      sources: [source('yahoo'), source('ibkr')],
    })
    expect(behind).toMatchObject({
      order: 'yahoo ibkr polygon:2',
      because: 'polygon:2 comes after ibkr: 15 minutes late, not real time',
    })
  })

  it('the whole market goes before one venue', () => {
    const [place] = propose('alpaca', found({ equity: live('iex') }), {
      sources: [source('yahoo'), source('ibkr')],
    })
    expect(place).toMatchObject({
      order: 'yahoo ibkr alpaca',
      because: 'alpaca comes after ibkr: the IEX exchange alone, not the whole market (smart)',
    })
    const over = [source('alpaca', 'iex_free')]
    expect(propose('schwab', found({ equity: live('sip') }), { sources: over })[0]).toMatchObject({
      order: 'schwab alpaca',
      because: 'schwab comes before alpaca: the whole market (sip), not the IEX exchange alone',
    })
  })

  it('deeper history goes first for charts, and late prices matter less there', () => {
    const sources = [source('polygon', 'free'), source('yahoo')]
    const deep = { ...late, charts: true, historyDays: 3_640 }
    const places = propose('polygon:2', found({ equity: deep }), { sources })
    expect(places.map(({ place, order }) => `${place}: ${order}`)).toEqual([
      'quotes/all: yahoo polygon:2',
      'charts/equity: polygon:2 polygon yahoo',
    ])
    expect(places[1]!.because).toBe('polygon:2 comes before polygon: history of 10 years, not 2 years')
  })

  it('a depth that nobody looked at decides nothing', () => {
    const unknown = { ...live('composite'), charts: true, historyDays: null }
    const sources = [source('coinbase')]
    expect(propose('polygon', found({ crypto: unknown }), { sources })[1]).toMatchObject({
      place: 'charts/all',
      because: "polygon comes after coinbase: equally good, and the house's order says so",
    })
  })

  it('a kind that the vendor does not have, or the plan does not give, has none', () => {
    const findings = found({ equity: { quotes: 'not_entitled', charts: true, historyDays: 728 }, index: {} })
    expect(propose('polygon:2', findings).map(({ place }) => place)).toEqual(['charts/equity'])
  })

  it('one for each asset class where one order would turn the house’s around', () => {
    const places = propose('polygon:2', found({ equity: live('sip'), index: live('index') }))
    expect(places.map(({ place, order }) => `${place}: ${order}`)).toEqual([
      'quotes/equity: polygon:2 polygon alpaca yahoo schwab ibkr',
      'quotes/index: yahoo polygon:2 polygon schwab ibkr',
    ])
  })

  it('what a person ordered stays in their order; absent names keep their places', () => {
    const orders: PlacedOrder[] = [
      { kind: 'quotes', assetClass: 'all', order: { primary: 'yahoo', fallbacks: ['gone', 'polygon'] } },
      { kind: 'quotes', assetClass: 'crypto', order: { primary: 'coinbase', fallbacks: [] } },
    ]
    const findings = found({ equity: live('sip'), crypto: live('composite') })
    expect(propose('polygon:2', findings, { orders })).toEqual([
      {
        place: 'quotes/all',
        order: 'polygon:2 yahoo gone polygon',
        because: "polygon:2 comes before yahoo: equally good, and the house's order says so",
      },
      {
        place: 'quotes/crypto',
        order: 'coinbase polygon:2',
        because: "polygon:2 comes after coinbase: equally good, and the house's order says so",
      },
    ])
  })

  it('the only source that has it is the whole order; its own old name is not asked twice', () => {
    const figures = { fundamentals: true }
    expect(propose('yahoo', found({ equity: figures }), { sources: [] })).toEqual([
      { place: 'fundamentals/all', order: 'yahoo', because: 'yahoo is the only source that has it' },
    ])
    const sources = [source('alpaca'), source('yahoo')]
    expect(propose('alpaca', found({ equity: live('sip') }), { sources })[0]!.order).toBe('alpaca yahoo')
  })

  it('every proposal is a whole order: each name once, the new one among them', () => {
    const everything = { ...live('x'), charts: true, historyDays: 7_300, fundamentals: true, options: true }
    const findings = found({ equity: everything, crypto: everything, fx: everything, index: everything })
    for (const { provider } of HOUSE.map(({ providerName }) => ({ provider: providerName })))
      for (const { order } of proposePlaces({
        name: `${provider}:2`,
        findings,
        sources: HOUSE,
        orders: [],
      })) {
        expect(order).toContain(`${provider}:2`)
        expect(new Set(order).size).toBe(order.length)
      }
  })
})
