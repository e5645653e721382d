import { describe, expect, it, vi } from 'vitest'
import { latestView } from '../../test/latest-view.ts'
import { Hub } from './hub.ts'
import { Reader } from './reader.ts'

const environmentId = '0b9f3c1e-7d2a-4c55-9a31-5d1f5a2b7c99'
const alive = () => new AbortController().signal
const everything: { keys: string[] | null; disconnect: () => void } = { keys: null, disconnect: () => {} }

function subscribe(hub: Hub, options = everything) {
  const reader = new Reader(hub, options)
  const close = hub.join(reader)
  return { take: (signal: AbortSignal) => reader.take(signal), close }
}

const hubWith = (limits = {}) => {
  const hub = new Hub(limits)
  const rows = [latestView('AAPL', { batchId: 3 }), latestView('MSFT', { batchId: 7 })]
  hub.reset({ environmentId, cursor: 8, rows })
  return hub
}

describe('Hub', () => {
  it('tells each subscriber what changed among its keys', async () => {
    const hub = hubWith()
    const all = subscribe(hub)
    const apple = subscribe(hub, { ...everything, keys: ['equity:US:AAPL', 'equity:US:GONE'] })
    hub.advance(9, [latestView('MSFT', { batchId: 9, last: 1 })])
    hub.advance(10, [latestView('AAPL', { batchId: 10, last: 2 })])
    expect(await apple.take(alive())).toMatchObject({ cursor: 10, rows: [{ symbol: 'AAPL', last: 2 }] })
    const told = await all.take(alive())
    expect(told?.rows.map((r) => [r.symbol, r.last]).sort()).toEqual([
      ['AAPL', 2],
      ['MSFT', 1],
    ])
  })

  it('passes on only what is newer than its cursor, from an answer that holds more', async () => {
    const hub = hubWith()
    const all = subscribe(hub)
    hub.advance(9, [latestView('AAPL', { batchId: 3 }), latestView('MSFT', { batchId: 9 })])
    expect((await all.take(alive()))?.rows.map((r) => r.symbol)).toEqual(['MSFT'])
  })

  it('sends a row that was read early again with its own id, for those who came in between', async () => {
    const hub = hubWith()
    const early = latestView('AAPL', { batchId: 10, last: 5 })
    hub.advance(9, [early])
    const late = subscribe(hub)
    hub.advance(10, [early])
    expect(await late.take(alive())).toEqual({ cursor: 10, rows: [early] })
  })

  it('never goes back: not to an older row, not to a lower id', async () => {
    const hub = hubWith()
    hub.advance(12, [latestView('AAPL', { batchId: 12, last: 12 })])
    hub.advance(13, [latestView('AAPL', { batchId: 11, last: 11 })])
    hub.advance(9, [latestView('AAPL', { batchId: 99, last: 99 })])
    expect(hub.cursor).toBe(13)
    expect(hub.rows(['equity:US:AAPL'])[0]).toMatchObject({ last: 12 })
  })

  it('knows what changed since an id', () => {
    const hub = hubWith()
    const since = (id: number, keys: string[] | null) =>
      hub.slotsSince(id, keys && hub.slots(keys)).map((slot) => slot.row.symbol)
    expect(since(3, null)).toEqual(['MSFT'])
    expect(since(7, null)).toEqual([])
    expect(since(0, ['equity:US:AAPL'])).toEqual(['AAPL'])
  })

  it('drops a reader that leaves rows unread too long, and cuts its connection', async () => {
    let nowMs = 0
    const hub = hubWith({ slowReaderMs: 1_000, nowMs: () => nowMs })
    const disconnect = vi.fn()
    subscribe(hub, { keys: null, disconnect })
    hub.advance(9, [latestView('AAPL', { batchId: 9 })])
    nowMs = 900
    hub.advance(10, [latestView('AAPL', { batchId: 10 })])
    expect(disconnect).not.toHaveBeenCalled()
    nowMs = 1_100
    hub.advance(11, [latestView('AAPL', { batchId: 11 })])
    expect(disconnect).toHaveBeenCalledOnce()
    expect(hub.subscribers).toBe(0)
  })

  it('does not drop a reader of whom nothing was asked', () => {
    let nowMs = 0
    const hub = hubWith({ slowReaderMs: 1_000, nowMs: () => nowMs })
    subscribe(hub, { keys: ['equity:US:MSFT'], disconnect: () => {} })
    nowMs = 60_000
    hub.advance(9, [latestView('AAPL', { batchId: 9 })])
    expect(hub.subscribers).toBe(1)
  })

  it('bounds the number of subscribers, and takes a new one when one left', () => {
    const hub = hubWith({ subscribersMax: 1 })
    const first = subscribe(hub)
    expect(() => subscribe(hub)).toThrow('Too many live connections')
    first.close()
    subscribe(hub)
    expect(hub.subscribers).toBe(1)
  })

  it('ends streams when it is replaced or closed, in a way that asks clients to come back', async () => {
    const hub = hubWith()
    const before = subscribe(hub)
    hub.reset({ environmentId: 'aaaaaaaa-7d2a-4c55-9a31-5d1f5a2b7c99', cursor: 1, rows: [] })
    await expect(before.take(alive())).rejects.toMatchObject({ kind: 'unavailable' })
    expect(hub.rows(null)).toEqual([])
    const after = subscribe(hub)
    hub.close()
    await expect(after.take(alive())).rejects.toMatchObject({ kind: 'unavailable' })
    expect(() => subscribe(hub)).toThrow('stopping')
  })

  it('finds an instrument under its newest key', () => {
    const hub = hubWith()
    const [apple] = hub.slots(['equity:US:AAPL'])
    const names = hub.names
    hub.advance(9, [{ ...latestView('AAPL', { batchId: 9 }), key: 'equity:US:AAPL:2026-01-05' }])
    expect(hub.slots(['equity:US:AAPL'])).toEqual([])
    expect(hub.slots(['equity:US:AAPL:2026-01-05'])).toEqual([apple])
    expect(hub.names).toBeGreaterThan(names)
  })
})

describe('Reader', () => {
  it('keeps the newest row per instrument while nobody reads', async () => {
    const hub = hubWith()
    const reader = subscribe(hub)
    for (let id = 9; id < 1_000; id++) hub.advance(id, [latestView('AAPL', { batchId: id, last: id })])
    expect(await reader.take(alive())).toMatchObject({ cursor: 999, rows: [{ last: 999 }] })
  })

  it('wakes one that waits, and sleeps on where nothing is of interest', async () => {
    const hub = hubWith()
    const taken = subscribe(hub, { ...everything, keys: ['equity:US:AAPL'] }).take(alive())
    hub.advance(9, [latestView('MSFT', { batchId: 9 })])
    hub.advance(10, [latestView('AAPL', { batchId: 10 })])
    expect(await taken).toMatchObject({ cursor: 10, rows: [{ symbol: 'AAPL' }] })
  })

  it('lets one go when its signal is aborted', async () => {
    const abort = new AbortController()
    const taken = subscribe(hubWith()).take(abort.signal)
    abort.abort()
    expect(await taken).toBeNull()
  })
})
