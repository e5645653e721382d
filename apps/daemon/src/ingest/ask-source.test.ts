import { ProviderError, type ProviderErrorDetail, type WireCall } from '@onetape/providers'
import { describe, expect, it } from 'vitest'
import { handClock } from '../../test/clocks.ts'
import { fakeHouse } from '../../test/fake-house.ts'
import { FakeVendor } from '../../test/fake-vendor.ts'
import { askSource, isReady } from './ask-source.ts'
import { createCallLog } from './call-log.ts'

const WHAT = { kind: 'quotes', assetClass: 'equity', priority: 'live' } as const
const wire = (outcome: WireCall['outcome'] = 'ok'): WireCall => ({
  at: 1_000_000.25,
  what: 'api.example/v2/snapshot',
  scope: 'rest',
  outcome,
  status: 200,
  latencyMs: 12,
})

function setUp() {
  const clock = handClock(1_000_000_000)
  const polygon = new FakeVendor({ name: 'polygon', market: clock })
  const said: string[] = []
  const onChange = ({ name, status }: { name: string; status: string }) => said.push(`${name} ${status}`)
  const house = fakeHouse([polygon], { wall: clock, market: clock, onChange })
  const source = house.sources.get('polygon')!
  const stop = new AbortController()
  const fails = (kind: ProviderError['kind'], detail: Partial<ProviderErrorDetail> = {}) =>
    askSource(house, source, {
      ...WHAT,
      signal: stop.signal,
      call: () => Promise.reject(new ProviderError(kind, `said ${kind}`, { provider: 'polygon', ...detail })),
    })
  const works = () =>
    askSource(house, source, {
      ...WHAT,
      signal: stop.signal,
      call: async () => ({ n: 1, failure: undefined }),
    })
  return { clock, house, source, said, stop, fails, works }
}

describe('asking a source', () => {
  it('tells its breaker and the people how it went, and times what was answered', async () => {
    const { house, source, stop, said } = setUp()
    const answer = await askSource(house, source, {
      ...WHAT,
      signal: stop.signal,
      call: async (options) => {
        expect(options).toMatchObject({ priority: 'live', signal: stop.signal })
        options.onCall!(wire())
        return { n: 1, failure: undefined }
      },
    })
    expect(answer).toMatchObject({ n: 1 })
    expect(house.health.states()).toMatchObject([{ source: 'polygon', state: 'closed', latencyMs: 12 }])
    expect(said).toEqual(['polygon ok'])
  })

  it('leaves a source alone after failures in a row, and tries it once when its time has come', async () => {
    const { clock, house, fails, works, said } = setUp()
    for (let i = 0; i < 3; i++) expect(await fails('unavailable')).toBeNull()
    expect(isReady(house, 'polygon', WHAT)).toBe(false)
    expect(await works()).toBeNull()
    clock.forward(6_000_000)
    expect(await works()).toMatchObject({ n: 1 })
    expect(said).toEqual(['polygon unreachable', 'polygon ok'])
  })

  it('does not hold our own budget against it, and says why nothing came', async () => {
    const { house, source, stop } = setUp()
    const heard: ProviderError[] = []
    const spent = new ProviderError('rate_limited', 'spent', { provider: 'polygon', origin: 'budget' })
    for (let i = 0; i < 5; i++) {
      const call = () => Promise.reject(spent)
      const o = { ...WHAT, signal: stop.signal, call, onError: (e: ProviderError) => void heard.push(e) }
      expect(await askSource(house, source, o)).toBeNull()
    }
    expect(heard).toHaveLength(5)
    expect(isReady(house, 'polygon', WHAT)).toBe(true)
    expect(house.states.list()).toMatchObject([{ status: 'ok' }])
  })

  it('a plan without one kind of data closes that kind alone, and is no failing vendor', async () => {
    const { house, fails, works } = setUp()
    await works()
    await fails('not_entitled')
    expect(isReady(house, 'polygon', WHAT)).toBe(false)
    expect(isReady(house, 'polygon', { ...WHAT, kind: 'charts' })).toBe(true)
    expect(house.states.list()).toMatchObject([{ status: 'ok' }])
  })

  it('a part that failed counts as a failure, though the rest is used', async () => {
    const { house, source, stop } = setUp()
    const failure = new ProviderError('unavailable', 'half of it', { provider: 'polygon', status: 503 })
    const call = async () => ({ n: 1, failure })
    expect(await askSource(house, source, { ...WHAT, signal: stop.signal, call })).toMatchObject({ n: 1 })
    expect(house.states.list()).toMatchObject([{ status: 'failing', message: 'half of it' }])
  })

  it('being told to stop is nobody’s failure', async () => {
    const { house, fails, stop } = setUp()
    stop.abort(new Error('stopping'))
    await expect(fails('unavailable')).rejects.toThrow('stopping')
    expect(house.states.list()).toMatchObject([{ status: 'ok' }])
  })
})

describe('the record of calls', () => {
  it('is written in batches in the background, with who asked and how urgently', async () => {
    const batches: object[][] = []
    const calls = createCallLog(
      { pool: {} as never },
      { record: async (rows) => void batches.push([...rows]) },
    )
    const options = calls.options({ source: 'polygon', priority: 'repair' })
    for (let i = 0; i < 700; i++) options.onCall!(wire())
    await calls[Symbol.asyncDispose]()
    expect(batches.flat()).toHaveLength(700)
    expect(batches.every((b) => b.length <= 500)).toBe(true)
    expect(batches[0]![0]).toEqual({ ...wire(), at: 1_000_000, source: 'polygon', priority: 'repair' })
  })

  it('keeps what the tape did not take, up to a bound, and counts what it had to give up', async () => {
    let isDown = true
    let written = 0
    const record = async (rows: readonly object[]) => {
      if (isDown) throw new Error('no database')
      written += rows.length
    }
    const calls = createCallLog({ pool: {} as never }, { record })
    const options = calls.options({ source: 'polygon', priority: 'live' })
    for (let i = 0; i < 20_100; i++) options.onCall!(wire())
    await calls.flush()
    expect(calls.lost()).toBe(100)
    isDown = false
    await calls[Symbol.asyncDispose]()
    expect(written).toBe(20_000)
  })
})
