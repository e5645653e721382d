import { microsFromIso } from '@onetape/market'
import { describe, expect, it, vi } from 'vitest'
import { type HealthDeps, HealthMonitor, type HealthReads } from './health-monitor.ts'

const noon = microsFromIso('2026-11-18T15:30:00Z')!

function setUp(more: Partial<HealthDeps> = {}) {
  let wallNow = noon
  let looked = 0
  const reads = {
    version: vi.fn(async () => '18.4'),
    heartbeats: vi.fn(async () => [{ startedAt: noon, beatAt: noon, detail: {} as unknown }]),
    tiers: vi.fn(async () => []),
    instruments: vi.fn(async () => 2),
  } satisfies HealthReads
  const ending = new AbortController()
  const tape = { environmentId: 'e', batchId: 5, lastBatchAt: noon, newestFetchedAt: noon, quoted: 2 }
  const monitor = new HealthMonitor({
    reads,
    mode: 'demo',
    wallClock: { now: () => wallNow },
    marketClock: { now: () => wallNow, shiftUs: 0 },
    tape: () => {
      looked += 1
      return { ...tape, environmentId: tape.environmentId || null }
    },
    ending: ending.signal,
    watchMs: 1,
    watchAtLeastMs: 20,
    ...more,
  })
  const pass = (us: number) => {
    wallNow += us
  }
  return { monitor, reads, ending, tape, pass, looks: () => looked }
}

describe('the report', () => {
  it('tells the sessions of the venues by the market clock', async () => {
    const { monitor } = setUp()
    const { venues } = await monitor.read()
    expect(venues).toMatchObject([
      { venue: 'XNYS', state: 'open', sessionDate: '2026-11-18', nextChange: { state: 'post' } },
      { venue: 'CRYPTO', state: 'open', sessionDate: '2026-11-18', nextChange: null },
      { venue: 'FX', state: 'open', sessionDate: '2026-11-18', nextChange: { state: 'closed' } },
    ])
  })

  it('counts the daemon as alive for fifteen seconds after a beat', async () => {
    const { monitor, pass } = setUp()
    pass(15_000_000)
    expect(await monitor.read()).toMatchObject({ ok: true, daemon: { alive: true, beatAgeMs: 15_000 } })
    pass(1_000)
    expect(await monitor.read()).toMatchObject({ ok: false, daemon: { alive: false } })
  })

  it('measures the lag from the newest quote', async () => {
    const { monitor, pass } = setUp()
    pass(42_000_000)
    expect((await monitor.read()).tape.lagSeconds).toBe(42)
  })

  it('asks the database once for all who ask within a second', async () => {
    const { monitor, reads, pass } = setUp()
    await Promise.all(Array.from({ length: 20 }, () => monitor.read()))
    await monitor.read()
    expect(reads.heartbeats).toHaveBeenCalledTimes(1)
    pass(1_000_000)
    await monitor.read()
    expect(reads.heartbeats).toHaveBeenCalledTimes(2)
  })

  it('keeps what was known last while the database is away', async () => {
    const { monitor, reads, pass } = setUp()
    await monitor.read()
    reads.version.mockRejectedValueOnce(new Error('ECONNREFUSED'))
    pass(1_000_000)
    expect(await monitor.read()).toMatchObject({
      ok: false,
      database: { ok: false, version: '18.4' },
      tape: { instruments: 2 },
    })
    pass(1_000_000)
    expect(await monitor.read()).toMatchObject({ ok: true, database: { ok: true } })
  })

  it('is not ok before the tape was read', async () => {
    const { monitor, tape } = setUp()
    tape.environmentId = ''
    expect((await monitor.read()).ok).toBe(false)
  })

  it('takes the rows on sources that it understands, and leaves out the others', async () => {
    const { monitor, reads } = setUp()
    const sources = [
      { name: 'yahoo', status: 'unreachable', message: 'no route', at: 5 },
      { name: 'x', status: 'odd' },
      3,
    ]
    reads.heartbeats.mockResolvedValue([{ startedAt: noon, beatAt: noon, detail: { sources } }])
    expect((await monitor.read()).sources).toEqual([
      { name: 'yahoo', status: 'unreachable', message: 'no route', at: 5 },
    ])
  })
})

describe('watching', () => {
  it('tells at once, then only when something changes', async () => {
    const { monitor, tape, looks } = setUp({ watchAtLeastMs: 1_000_000 })
    const stream = monitor.watch(new AbortController().signal)
    expect((await stream.next()).value?.tape.batchId).toBe(5)
    const next = stream.next()
    let told = false
    void next.then(() => {
      told = true
    })
    const before = looks()
    await vi.waitFor(() => expect(looks()).toBeGreaterThan(before + 5))
    expect(told).toBe(false)
    tape.batchId = 6
    expect((await next).value?.tape.batchId).toBe(6)
  })

  it('tells now and then although nothing changes', async () => {
    const { monitor } = setUp()
    const stream = monitor.watch(new AbortController().signal)
    await stream.next()
    expect((await stream.next()).done).toBe(false)
  })

  it('ends with its reader, and asks it to come back when the API stops', async () => {
    const gone = new AbortController()
    const { monitor, ending } = setUp()
    const first = monitor.watch(gone.signal)
    await first.next()
    gone.abort()
    expect((await first.next()).done).toBe(true)
    const second = monitor.watch(new AbortController().signal)
    await second.next()
    ending.abort()
    await expect(second.next()).rejects.toMatchObject({ kind: 'unavailable' })
  })
})
