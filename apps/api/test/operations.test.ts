// What the operator is told, read from a tape with a daemon, a gap and a missed slot in it.
import type { AddressInfo } from 'node:net'
import {
  beatHeart,
  ensurePartitions,
  noteMissedSlots,
  recordCalls,
  recordGaps,
  setTierMembers,
} from '@onetape/db'
import { type TestDatabase, testDatabase } from '@onetape/db/testing'
import { HOUR_US, MINUTE_US, SECOND_US } from '@onetape/market'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Api, compose } from '../src/compose.ts'
import { wallClock } from '../src/market-clock.ts'
import { buildServer } from '../src/server.ts'
import { demoAuth } from './demo-auth.ts'
import { mintStocks, quoteBatch } from './market-writer.ts'
import { apiClient } from './tape-client.ts'

const log = pino({ level: 'silent' })
let database: TestDatabase
let api: Api
let stop: () => Promise<void>
let client: ReturnType<typeof apiClient>

beforeAll(async () => {
  database = await testDatabase()
  const { db } = database
  api = compose({ db, url: database.url, mode: 'demo', log })
  const server = await buildServer({ ...api, auth: demoAuth, host: '127.0.0.1', webDist: '/nowhere', log })
  await server.listen({ host: '127.0.0.1', port: 0 })
  client = apiClient((server.server.address() as AddressInfo).port)
  stop = () => server.close()
})
afterAll(async () => {
  api?.endStreams()
  await stop?.()
  await api?.[Symbol.asyncDispose]()
  await database?.drop()
})

describe('operations', () => {
  it('a tape that nothing has happened on is told too', async () => {
    const report = await client.operations.query()
    expect(report.tiers.map((tier) => tier.name)).toContain('core')
    expect(report).toMatchObject({
      daemons: [],
      missed: [],
      gaps: { wanted: [], over: [], counts: { open: 0, filling: 0 } },
      ledger: { batchId: 0, newestAt: null },
      calls: { plan: { inBulk: 0, oneByOne: 0 }, lastDay: [] },
    })
  })

  it('tells of daemons, gaps, missed slots, followers, calls and what the tiers cost', async () => {
    const { db } = database
    const now = wallClock.now()
    await ensurePartitions(db, { marketNow: now })
    const [apple, meta] = await mintStocks(db, ['AAPL', 'META'])
    // Both are in the whole universe too, and swept by their fastest tier alone.
    for (const tier of ['core', 'full_universe'])
      await setTierMembers(db, { tier, instrumentIds: [apple!.id, meta!.id], replace: true })
    const batchId = await quoteBatch(db, [{ instrument: apple!, last: 10 }])
    await beatHeart(db, {
      instanceId: 'one',
      pid: 42,
      startedAt: now - HOUR_US,
      wallNow: now,
      marketNow: now,
      detail: {
        busyWith: 'history',
        holds: { lanes: ['equity'], leases: ['minutes'], sweeping: [], slots: [] },
      },
    })
    const from = now - 2 * HOUR_US
    const gap = {
      tier: 'core',
      assetClass: 'equity' as const,
      instrumentId: null,
      timeframe: '1m' as const,
      from,
      to: from + HOUR_US,
      why: 'daemon_down' as const,
      slots: 60,
      instrumentsTo: null,
    }
    await recordGaps(db, { found: [gap], foundAt: now })
    const fromAt = now - (now % HOUR_US) - HOUR_US
    await noteMissedSlots(db, {
      tier: 'core',
      assetClass: 'equity',
      fromAt,
      toAt: fromAt + 10 * MINUTE_US,
      frequencyS: 60,
      slots: 11,
      reason: 'vendor',
      hours: [{ hourAt: fromAt, slots: 11 }],
      notedAt: now,
    })
    const call = { priority: 'live', scope: 'requests', what: 'host/path', status: 200, latencyMs: 5 }
    await recordCalls(db, [
      { ...call, at: now, source: 'polygon', outcome: 'ok' },
      { ...call, at: now, source: 'polygon', outcome: 'rate_limited' },
      { ...call, at: now - 48 * HOUR_US, source: 'polygon', outcome: 'ok' },
    ])
    await api.catchUp()

    // Counts are kept for some seconds, so an API that has not been asked yet reads them.
    await using other = compose({ db, url: database.url, mode: 'demo', log })
    await other.catchUp()
    const report = await other.operations.read()
    expect(report.daemons).toMatchObject([
      { instanceId: 'one', alive: true, busyWith: 'history', lanes: ['equity'] },
    ])
    expect(report.gaps.counts.open).toBe(1)
    expect(report.gaps.wanted).toMatchObject([
      { tier: 'core', from, to: from + HOUR_US, why: 'daemon_down', slots: 60 },
    ])
    expect(report.missed).toMatchObject([{ tier: 'core', slots: 11, reason: 'vendor' }])
    const core = report.tiers.find((tier) => tier.name === 'core')
    expect(core?.classes).toMatchObject([
      {
        assetClass: 'equity',
        members: 2,
        due: 11,
        served: 0,
        missed: 11,
        hours: [{ at: fromAt, due: 11, served: 0 }],
      },
    ])
    expect(report.ledger.batchId).toBe(batchId)
    expect(report.ledger.newestAt).toBeGreaterThan(SECOND_US)
    expect(report.ledger.followers).toEqual([
      { name: 'live fan-out', batchId, behind: 0, skipped: 0 },
      { name: 'rollups', batchId: 0, behind: batchId, skipped: 0 },
    ])
    expect(report.calls.lastDay).toEqual([{ source: 'polygon', calls: 2, failed: 1 }])
    expect(report.calls.plan).toMatchObject({
      source: 'polygon',
      inBulk: 390,
      oneByOne: 780,
      tiers: [{ tier: 'core', symbols: 2, slots: 390, oneByOne: 780 }],
    })
    const ticks = report.tables.find((table) => table.table === 'market_data_ticks')
    expect(ticks?.partitions.length).toBeGreaterThan(0)
  })
})
