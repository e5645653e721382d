import { afterAll, beforeAll, expect, test } from 'vitest'
import { readBatchAttempts } from '../reads/read-batch-attempts.ts'
import { readCalls } from '../reads/read-calls.ts'
import { readSourceHealth, type SourceHealthRow } from '../reads/read-source-health.ts'
import { type TestDatabase, testDatabase } from '../testing.ts'
import { claimProbe } from './claim-probe.ts'
import { purgeCalls, recordCalls } from './record-calls.ts'
import { writeSourceHealth } from './write-source-health.ts'

let t: TestDatabase
beforeAll(async () => {
  t = await testDatabase()
}, 120_000)
afterAll(() => t.drop())

const NOW = Date.parse('2026-11-20T15:00:00Z') * 1000

const open = (source: string): SourceHealthRow => ({
  source,
  state: 'open',
  failures: 3,
  openedAt: NOW,
  retryAt: NOW + 2_000_000,
  lastOkAt: null,
  lastFailedAt: NOW,
  lastErrorKind: 'unavailable',
  lastErrorMessage: 'did not answer',
  latencyMs: null,
})

test('a breaker is read as it was written, and one process of many may probe', async () => {
  await writeSourceHealth(t.db, open('polygon'))
  expect(await readSourceHealth(t.db)).toEqual([open('polygon')])
  const claims = await Promise.all(Array.from({ length: 8 }, () => claimProbe(t.db, 'polygon', 5_000)))
  expect(claims.filter(Boolean)).toHaveLength(1)
  // The probe failed: written, its claim is over and the next one may be made.
  await writeSourceHealth(t.db, { ...open('polygon'), failures: 4 })
  expect(await claimProbe(t.db, 'polygon', 1)).toBe(true)
  await expect.poll(() => claimProbe(t.db, 'polygon', 5_000)).toBe(true) // the lease of one millisecond ran out
  await writeSourceHealth(t.db, { ...open('polygon'), state: 'closed', failures: 0, retryAt: null })
  expect(await claimProbe(t.db, 'polygon', 5_000)).toBe(false)
})

test('what is only news of a breaker leaves the state to whoever moved it', async () => {
  await writeSourceHealth(t.db, open('yahoo'))
  const closed = { ...open('yahoo'), state: 'closed' as const, failures: 0, openedAt: null, retryAt: null }
  await writeSourceHealth(t.db, { ...closed, latencyMs: 7, lastOkAt: NOW + 1 }, 'details')
  const row = (await readSourceHealth(t.db)).find((r) => r.source === 'yahoo')
  expect(row).toEqual({ ...open('yahoo'), latencyMs: 7, lastOkAt: NOW + 1 })
})

test('calls are recorded many at a time, read newest first and forgotten by age', async () => {
  const call = (i: number) => ({
    at: NOW + i,
    source: i % 2 ? 'yahoo' : 'polygon',
    priority: 'live',
    scope: 'rest',
    what: 'api.massive.com/v2/snapshot',
    outcome: i === 3 ? 'rate_limited' : 'ok',
    status: i === 3 ? 429 : 200,
    latencyMs: 12.5,
    userId: null,
  })
  await recordCalls(t.db, [0, 1, 2, 3].map(call))
  const newest = await readCalls(t.db, { source: 'yahoo', limit: 10 })
  expect(newest.map(({ id: _, ...c }) => c)).toEqual([call(3), call(1)])
  expect(await purgeCalls(t.db, NOW + 2)).toBe(2)
  expect(await readCalls(t.db, { limit: 10 })).toHaveLength(2)
})

test('a batch that is not there has no attempts', async () => {
  expect(await readBatchAttempts(t.db, 1_000_000)).toBeNull()
})
