import { microsFromIso } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import { latestView } from '../../test/latest-view.ts'
import type { FollowRequest } from '../ports.ts'
import { Cadence } from './cadence.ts'
import { Hub } from './hub.ts'
import { liveQuotes } from './quotes.ts'

const environmentId = '0b9f3c1e-7d2a-4c55-9a31-5d1f5a2b7c99'
const now = microsFromIso('2026-11-18T15:30:00Z')!
const ids = (n: number) => `0b9f3c1e.${n}`

function setUp(catchUp: (hub: Hub) => void = () => {}) {
  const hub = new Hub()
  const rows = [latestView('AAPL', { batchId: 3 }), latestView('MSFT', { batchId: 7 })]
  hub.reset({ environmentId, cursor: 8, rows })
  const marketClock = { now: () => now }
  const quotes = liveQuotes({ hub, cadence: new Cadence(), marketClock, catchUp: async () => catchUp(hub) })
  const abort = new AbortController()
  const follow = (request: Partial<FollowRequest>) =>
    quotes.follow({ lastEventId: null, keys: null, signal: abort.signal, disconnect: () => {}, ...request })
  return { hub, quotes, follow, abort }
}
const symbols = (event: IteratorResult<{ delta: { rows: { symbol: string }[] } }, void>) =>
  event.done ? null : event.value.delta.rows.map((r) => r.symbol)

describe('following the tape', () => {
  it('gives a newcomer everything, then what changes, under rising ids', async () => {
    const { hub, follow } = setUp()
    const stream = follow({})
    const first = await stream.next()
    expect(first.value).toMatchObject({ id: ids(8), delta: { full: true } })
    expect(symbols(first)).toEqual(['AAPL', 'MSFT'])
    hub.advance(9, [latestView('MSFT', { batchId: 9 })])
    const second = await stream.next()
    expect(second.value).toMatchObject({ id: ids(9), delta: { full: false } })
    expect(symbols(second)).toEqual(['MSFT'])
  })

  it('gives a client that comes back what changed since its id, and says that it is not everything', async () => {
    const { follow } = setUp()
    const event = await follow({ lastEventId: ids(5) }).next()
    expect(event.value).toMatchObject({ id: ids(8), delta: { full: false } })
    expect(symbols(event)).toEqual(['MSFT'])
  })

  it('sends nothing to a client that is level, until something moves', async () => {
    const { hub, follow } = setUp()
    const next = follow({ lastEventId: ids(8) }).next()
    await Promise.resolve()
    hub.advance(9, [latestView('AAPL', { batchId: 9 })])
    expect((await next).value).toMatchObject({ id: ids(9) })
  })

  it.each(['aaaaaaaa.5', 'rubbish', ids(9_999)])(
    'gives everything to a client that says %s',
    async (lastEventId) => {
      const { follow } = setUp()
      const event = await follow({ lastEventId }).next()
      expect(event.value).toMatchObject({ id: ids(8), delta: { full: true } })
      expect(symbols(event)).toHaveLength(2)
    },
  )

  it('catches up first when the client was served by a process that was ahead', async () => {
    const { follow } = setUp((hub) => hub.advance(12, [latestView('AAPL', { batchId: 12 })]))
    const event = await follow({ lastEventId: ids(10) }).next()
    expect(event.value).toMatchObject({ id: ids(12), delta: { full: false } })
    expect(symbols(event)).toEqual(['AAPL'])
  })

  it('keeps to the keys asked for, replay and live', async () => {
    const { hub, follow } = setUp()
    const stream = follow({ keys: ['equity:US:AAPL'] })
    expect(symbols(await stream.next())).toEqual(['AAPL'])
    hub.advance(9, [latestView('MSFT', { batchId: 9 })])
    hub.advance(10, [latestView('AAPL', { batchId: 10 }), latestView('MSFT', { batchId: 10 })])
    const event = await stream.next()
    expect(event.value).toMatchObject({ id: ids(10) })
    expect(symbols(event)).toEqual(['AAPL'])
  })

  it('leaves no subscriber behind when the client goes', async () => {
    const { hub, follow, abort } = setUp()
    const stream = follow({})
    await stream.next()
    const next = stream.next()
    expect(hub.subscribers).toBe(1)
    abort.abort()
    expect((await next).done).toBe(true)
    expect(hub.subscribers).toBe(0)
  })

  it('says so when there is nothing in memory yet', async () => {
    const quotes = liveQuotes({
      hub: new Hub(),
      cadence: new Cadence(),
      marketClock: { now: () => now },
      catchUp: async () => {},
    })
    expect(() => quotes.latest()).toThrow('has not been read yet')
  })
})

describe('latest', () => {
  it('answers with the cursor to follow on from', () => {
    const { quotes } = setUp()
    expect(quotes.latest()).toMatchObject({ cursor: ids(8) })
    expect(
      quotes.latest(['equity:US:MSFT', 'equity:US:NONE', 'equity:US:MSFT']).rows.map((r) => r.symbol),
    ).toEqual(['MSFT'])
    expect(quotes.quote('equity:US:AAPL')).toMatchObject({ symbol: 'AAPL', change: 0.5, changePct: 0.5025 })
    expect(quotes.quote('equity:US:NONE')).toBeNull()
  })
})
