import type { Instrument } from '@onetape/db'
import type { AssetClass } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import { handClock } from '../../test/clocks.ts'
import { FakeVendor, type FakeVendorOptions } from '../../test/fake-vendor.ts'
import { pickStreams } from './pick-streams.ts'

const market = handClock(0)
const instrument = (symbol: string, assetClass: AssetClass = 'equity'): Instrument =>
  ({ id: symbol.length, symbol, assetClass }) as Instrument
const source = (name: string, options: Partial<FakeVendorOptions> = {}) => {
  const provider = new FakeVendor({ name, market, streams: { symbolsMax: null }, ...options })
  return [name, { name, provider, tier: 'all' }] as const
}
const pick = (
  instruments: readonly Instrument[],
  sources: ReturnType<typeof source>[],
  out: readonly string[] = [],
) => {
  const picked = pickStreams({ instruments, sources: new Map(sources), isOut: (name) => out.includes(name) })
  return Object.fromEntries([...picked].map(([name, list]) => [name, list.map((i) => i.symbol)]))
}
const stocks = ['A', 'BB', 'CCC'].map((s) => instrument(s))

describe('who streams what', () => {
  it('one source for each instrument, the first of the house order that streams its class', () => {
    const coin = instrument('BTC-USD', 'crypto')
    const sources = [
      source('alpaca', { assetClasses: ['equity', 'crypto'] }),
      source('polygon'),
      source('coinbase', { assetClasses: ['crypto'] }),
    ]
    expect(pick([...stocks, coin], sources)).toEqual({ polygon: ['A', 'BB', 'CCC'], coinbase: ['BTC-USD'] })
  })

  it('the most urgent ones where a connection takes few; the next source takes the rest', () => {
    const sources = [source('polygon', { streams: { symbolsMax: 2 } }), source('alpaca')]
    expect(pick(stocks, sources)).toEqual({ polygon: ['A', 'BB'], alpaca: ['CCC'] })
    expect(pick(stocks, sources.slice(0, 1))).toEqual({ polygon: ['A', 'BB'] })
  })

  it('not who was refused, nor who cannot stream', () => {
    const sources = [source('polygon'), source('alpaca'), source('yahoo', { streams: undefined })]
    expect(pick(stocks, sources, ['polygon'])).toEqual({ alpaca: ['A', 'BB', 'CCC'] })
    expect(pick(stocks, sources, ['polygon', 'alpaca'])).toEqual({})
  })
})
