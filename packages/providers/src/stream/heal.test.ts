import type { Bar, Snapshot } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import type { BarsRequest, CallOptions, Capability, Fetched, IDataProvider } from '../contract.ts'
import { ProviderError } from '../errors.ts'
import { at, clockAt } from '../testing-server.ts'
import { healSeam } from './heal.ts'
import { barOf, quoteOf, refOf } from './testing-events.ts'

const fetched = <T>(rows: T[]): Fetched<T> => ({ rows, dropped: [], missing: [], fetchedAt: 5, calls: 1 })
const snapshotOf = (symbol: string): Snapshot => ({
  quote: quoteOf(symbol, at('2026-11-18T15:04:59Z')),
  minuteBar: null,
  day: null,
  sessionDate: '2026-11-18',
  previousClose: null,
})

function vendor(o: { fails?: Record<string, ProviderError>; has?: Partial<Capability> } = {}) {
  const asked: { bars: BarsRequest[]; options: (CallOptions | undefined)[] } = { bars: [], options: [] }
  const capability = { quotes: true, snapshots: 'list', bars: ['1m'], ...o.has }
  const provider = {
    getName: () => 'fake',
    getCapabilities: () => ({ byAssetClass: { equity: capability } }),
    getSnapshots: async ({ refs }: { refs: { symbol: string }[] }, options?: CallOptions) => {
      asked.options.push(options)
      return fetched(refs.map((ref) => snapshotOf(ref.symbol)))
    },
    getQuotes: async (refs: { symbol: string }[]) => fetched(refs.map((ref) => snapshotOf(ref.symbol).quote)),
    async getBars(request: BarsRequest, options?: CallOptions) {
      asked.bars.push(request)
      asked.options.push(options)
      const error = o.fails?.[request.ref.symbol]
      if (error) throw error
      const bars: Bar[] = []
      for (let ts = request.from; ts < request.to; ts += 60_000_000) bars.push(barOf(request.ref.symbol, ts))
      return fetched(bars)
    },
  } as unknown as IDataProvider
  return { provider, asked }
}

const marketClock = clockAt('2026-11-18T15:05:30Z')
const span = (from: string, to: string) => ({ from: at(`2026-11-18T${from}Z`), to: at(`2026-11-18T${to}Z`) })

describe('healing a seam', () => {
  it('asks for every minute that it touches, whole, and for where the prices are now', async () => {
    const { provider, asked } = vendor()
    const seam = { refs: [refOf('AAPL'), refOf('MSFT')], ...span('15:01:20', '15:03:10') }
    const healed = await healSeam(provider, seam, { marketClock })
    expect(asked.bars.map((b) => [b.ref.symbol, b.from, b.to])).toEqual([
      ['AAPL', at('2026-11-18T15:01:00Z'), at('2026-11-18T15:04:00Z')],
      ['MSFT', at('2026-11-18T15:01:00Z'), at('2026-11-18T15:04:00Z')],
    ])
    expect(healed.bars).toHaveLength(6)
    expect(healed.snapshots.map((s) => s.quote.symbol)).toEqual(['AAPL', 'MSFT'])
    expect(healed.rest).toBeNull()
    expect(asked.options.every((o) => o?.priority === 'repair')).toBe(true)
  })

  it('leaves a minute that is not over for later', async () => {
    const { provider, asked } = vendor()
    const seam = { refs: [refOf('AAPL')], ...span('15:04:20', '15:05:25') }
    const healed = await healSeam(provider, seam, { marketClock })
    expect(asked.bars).toMatchObject([{ from: at('2026-11-18T15:04:00Z'), to: at('2026-11-18T15:05:00Z') }])
    expect(healed.rest).toEqual({
      refs: seam.refs,
      ...span('15:05:00', '15:05:25'),
      healAt: at('2026-11-18T15:06:05Z'),
    })
    const later = await healSeam(provider, healed.rest!, { marketClock: clockAt('2026-11-18T15:06:05Z') })
    expect(later.bars.map((b) => b.ts)).toEqual([at('2026-11-18T15:05:00Z')])
    expect(later.rest).toBeNull()
  })

  it("one symbol's failure is told and costs the others nothing", async () => {
    const error = new ProviderError('malformed', 'nonsense', { provider: 'fake' })
    const { provider } = vendor({ fails: { MSFT: error } })
    const refs = [refOf('AAPL'), refOf('MSFT'), refOf('TSLA')]
    const healed = await healSeam(provider, { refs, ...span('15:01:00', '15:02:00') }, { marketClock })
    expect(healed.bars.map((b) => b.symbol).sort()).toEqual(['AAPL', 'TSLA'])
    expect(healed.failed).toEqual([{ ref: refs[1], error }])
  })

  it('spends no more calls once the vendor refuses them all', async () => {
    const spent = new ProviderError('rate_limited', 'spent', { provider: 'fake', origin: 'budget' })
    const refs = Array.from({ length: 20 }, (_, i) => refOf(`S${i}`))
    const { provider, asked } = vendor({ fails: Object.fromEntries(refs.map((r) => [r.symbol, spent])) })
    const healed = await healSeam(provider, { refs, ...span('15:01:00', '15:02:00') }, { marketClock })
    expect(asked.bars.length).toBeLessThanOrEqual(4)
    expect(healed.failed.map((f) => f.ref.symbol).sort()).toEqual(refs.map((r) => r.symbol).sort())
  })

  it('takes quotes where there are no snapshots, and no bars where there are none', async () => {
    const { provider, asked } = vendor({ has: { snapshots: null, bars: ['1d'] } })
    const seam = { refs: [refOf('AAPL')], ...span('15:01:20', '15:03:10') }
    const healed = await healSeam(provider, seam, { marketClock })
    expect(healed.quotes).toHaveLength(1)
    expect(asked.bars).toEqual([])
  })
})
