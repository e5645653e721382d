import type { LatestView } from '@onetape/db'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { latestView } from '../../test/latest-view.ts'
import { Hub } from './hub.ts'
import { LedgerListener, type LedgerReads } from './listener.ts'

/** A ledger in memory, with the doors of the real one. */
class FakeLedger implements LedgerReads {
  environmentId = '0b9f3c1e-7d2a-4c55-9a31-5d1f5a2b7c99'
  last = 0
  rows = new Map<string, LatestView>()
  down = false
  beforeRows: () => void = () => {}
  asked: string[] = []

  write(symbol: string, price: number): void {
    this.last += 1
    this.rows.set(symbol, latestView(symbol, { batchId: this.last, last: price }))
  }
  async environment() {
    this.#answer('environment')
    return { mode: 'demo' as const, environmentId: this.environmentId, shiftUs: 5 }
  }
  async newestBatch() {
    this.#answer('newest')
    return { id: this.last, fetchedAt: this.last === 0 ? null : this.last * 1_000 }
  }
  async latest(request?: { afterBatchId: number }) {
    this.beforeRows()
    this.#answer('latest')
    return [...this.rows.values()].filter((r) => r.batchId > (request?.afterBatchId ?? -1))
  }
  #answer(what: string) {
    if (this.down) throw new Error('connection terminated')
    this.asked.push(what)
  }
}

const started: LedgerListener[] = []
const listenerOn = (ledger: FakeLedger, more: { pollMs?: number; retryMs?: number } = {}) => {
  const hub = new Hub()
  const onLook = vi.fn()
  const onEnvironment = vi.fn()
  const listener = new LedgerListener({ hub, ledger, onLook, onEnvironment, ...more })
  started.push(listener)
  return { hub, listener, onLook, onEnvironment }
}
afterEach(async () => {
  for (const listener of started.splice(0)) await listener[Symbol.asyncDispose]()
})

describe('LedgerListener', () => {
  it('reads everything first, then only what changed', async () => {
    const ledger = new FakeLedger()
    ledger.write('AAPL', 1)
    const { hub, listener, onEnvironment } = listenerOn(ledger)
    await listener.catchUp()
    expect(onEnvironment).toHaveBeenCalledWith(expect.objectContaining({ shiftUs: 5 }))
    expect([hub.cursor, hub.quoted, listener.lastBatchAt]).toEqual([1, 1, 1_000])

    ledger.write('MSFT', 2)
    ledger.asked = []
    await listener.catchUp()
    expect([hub.cursor, hub.quoted, listener.lastBatchAt]).toEqual([2, 2, 2_000])
    expect(ledger.asked).toEqual(['newest', 'latest'])

    ledger.asked = []
    await listener.catchUp()
    expect(ledger.asked).toEqual(['newest'])
  })

  it('moves to the id it read first, even when the rows are ahead of it', async () => {
    const ledger = new FakeLedger()
    ledger.write('AAPL', 1)
    const { hub, listener } = listenerOn(ledger)
    await listener.catchUp()
    ledger.write('AAPL', 2)
    ledger.beforeRows = () => {
      ledger.beforeRows = () => {}
      ledger.write('AAPL', 3)
    }
    await listener.catchUp()
    expect(hub.cursor).toBe(2)
    expect(hub.rows(null)[0]).toMatchObject({ last: 3, batchId: 3 })
    await listener.catchUp()
    expect(hub.cursor).toBe(3)
  })

  it('shares one look among all who ask while one runs', async () => {
    const ledger = new FakeLedger()
    const { listener } = listenerOn(ledger)
    await Promise.all([listener.catchUp(), ...Array.from({ length: 50 }, () => listener.catchUp())])
    expect(ledger.asked.filter((q) => q === 'newest').length).toBeLessThanOrEqual(2)
  })

  it('keeps memory through an outage and goes on by itself afterwards', async () => {
    const ledger = new FakeLedger()
    ledger.write('AAPL', 1)
    const { hub, listener, onLook } = listenerOn(ledger, { retryMs: 5 })
    await listener.catchUp()
    ledger.down = true
    await expect(listener.catchUp()).rejects.toThrow('terminated')
    expect(hub.rows(null)).toHaveLength(1)
    ledger.write('AAPL', 2)
    ledger.down = false
    await vi.waitFor(() => expect(hub.cursor).toBe(2))
    await vi.waitFor(() => expect(onLook).toHaveBeenLastCalledWith(null))
  })

  it('notices a missed notification by itself', async () => {
    const ledger = new FakeLedger()
    const { hub, listener } = listenerOn(ledger, { pollMs: 5 })
    await listener.catchUp()
    ledger.write('AAPL', 1)
    await vi.waitFor(() => expect(hub.cursor).toBe(1))
  })

  it('starts anew when another database answers on the same address', async () => {
    const ledger = new FakeLedger()
    ledger.write('AAPL', 1)
    const { hub, listener } = listenerOn(ledger)
    await listener.catchUp()
    ledger.environmentId = 'aaaaaaaa-7d2a-4c55-9a31-5d1f5a2b7c99'
    ledger.rows.clear()
    ledger.write('MSFT', 2)
    listener.distrust()
    await listener.catchUp()
    expect(hub.environmentId).toBe(ledger.environmentId)
    expect(hub.rows(null).map((r) => r.symbol)).toEqual(['MSFT'])
  })

  it('starts anew when the ledger went back', async () => {
    const ledger = new FakeLedger()
    for (let price = 1; price <= 5; price++) ledger.write('AAPL', price)
    const { hub, listener } = listenerOn(ledger)
    await listener.catchUp()
    ledger.last = 1
    ledger.rows.set('AAPL', latestView('AAPL', { batchId: 1, last: 1 }))
    await listener.catchUp()
    expect(hub.cursor).toBe(1)
    expect(hub.rows(null)[0]).toMatchObject({ last: 1 })
  })
})
