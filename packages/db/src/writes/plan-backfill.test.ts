import { DAY_US, HOUR_US } from '@onetape/market'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readBackfill } from '../reads/read-backfill.ts'
import { day, NOON } from '../sample-batches.ts'
import { type TestDatabase, testDatabase } from '../testing.ts'
import { claimChunk } from './claim-chunk.ts'
import { failChunk } from './fail-chunk.ts'
import { finishChunk } from './finish-chunk.ts'
import { planBackfill } from './plan-backfill.ts'

let t: TestDatabase
beforeAll(async () => {
  t = await testDatabase()
}, 120_000)
afterAll(() => t.drop())

let days = 1
/** A request that no other test makes. */
async function newRun(count: number) {
  const chunks = Array.from({ length: count }, (_, n) => ({
    instrumentId: n + 1,
    timeframe: '1m' as const,
    from: day(-n - 1),
    to: day(-n),
  }))
  const request = { from: day(-count), to: NOON, days: ++days, symbols: ['B', 'A'], chunks }
  return { request, ...(await planBackfill(t.db, request)) }
}
const claim = (runId: number, worker = 'w', wallNow = NOON) =>
  claimChunk(t.db, { runId, worker, wallNow, leaseMs: 1000 })
const finish = (runId: number, seq: number) =>
  finishChunk(t.db, { runId, seq, source: 'polygon', rowsOffered: 10, rowsWritten: 4 })

test('the same request is resumed while it is unfinished, and planned anew after', async () => {
  const { request, runId, resumed } = await newRun(1)
  expect(resumed).toBe(false)
  const same = { ...request, symbols: ['A', 'B', 'A'], to: NOON + HOUR_US }
  expect(await planBackfill(t.db, same)).toEqual({ runId, resumed: true })
  const hourly = request.chunks.map((chunk) => ({ ...chunk, timeframe: '1h' as const }))
  for (const other of [{ symbols: null }, { chunks: hourly }]) {
    expect((await planBackfill(t.db, { ...request, ...other })).runId).not.toBe(runId)
  }
  const chunk = await claim(runId)
  expect(chunk).toEqual({ runId, seq: 1, attempts: 1, ...request.chunks[0]! })
  await finish(runId, 1)
  expect(await readBackfill(t.db, runId)).toEqual({
    runId,
    total: 1,
    done: 1,
    failed: 0,
    rowsOffered: 10,
    rowsWritten: 4,
    status: 'done',
  })
  const again = await planBackfill(t.db, request)
  expect(again.resumed).toBe(false)
  // Left unfinished for so long that it ends too early for a request of today.
  expect((await planBackfill(t.db, { ...request, to: NOON + 2 * DAY_US })).runId).not.toBe(again.runId)
})

test('a request without chunks is done at once', async () => {
  const { runId } = await newRun(0)
  expect(await readBackfill(t.db, runId)).toMatchObject({ total: 0, status: 'done' })
})

test('asked for by several at once, it is one run', async () => {
  const { request } = await newRun(0)
  const plans = await Promise.all(
    [1, 2, 3].map(() =>
      planBackfill(t.db, {
        ...request,
        days: ++days && 7777,
        chunks: [{ instrumentId: 1, timeframe: '1d', from: 0, to: 1 }],
      }),
    ),
  )
  expect(new Set(plans.map((p) => p.runId)).size).toBe(1)
  expect(plans.filter((p) => !p.resumed)).toHaveLength(1)
})

test('workers that claim at the same time get different chunks, and the last two to finish close the run', async () => {
  const { runId } = await newRun(12)
  const worker = async (name: string) => {
    const got: number[] = []
    for (let chunk = await claim(runId, name); chunk; chunk = await claim(runId, name)) {
      got.push(chunk.seq)
      await finish(runId, chunk.seq)
    }
    return got
  }
  const claimed = (await Promise.all(['a', 'b', 'c', 'd'].map(worker))).flat()
  expect(claimed.sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, n) => n + 1))
  expect(await readBackfill(t.db, runId)).toMatchObject({ done: 12, status: 'done' })
})

test('a killed worker keeps its chunk until its lease runs out, then another goes on with it', async () => {
  const { runId } = await newRun(1)
  expect((await claim(runId, 'dead'))?.attempts).toBe(1)
  expect(await claim(runId, 'next', NOON + 999_000)).toBeNull()
  expect((await claim(runId, 'next', NOON + 1_001_000))?.attempts).toBe(2)
})

test('a failed chunk may be retried, or fails the run for good', async () => {
  const { runId } = await newRun(2)
  await claim(runId)
  await failChunk(t.db, { runId, seq: 1, error: 'rate limited', retry: true })
  expect((await claim(runId))?.seq).toBe(1)
  await failChunk(t.db, { runId, seq: 1, error: 'not found\0', retry: false })
  expect(await readBackfill(t.db, runId)).toMatchObject({ failed: 1, status: 'running' })
  await finish(runId, (await claim(runId))!.seq)
  expect(await readBackfill(t.db, runId)).toMatchObject({ failed: 1, done: 1, status: 'failed' })
  await expect(readBackfill(t.db, 123_456)).rejects.toThrow(/no backfill run 123456/)
})
