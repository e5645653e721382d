import { DAY_US } from '@onetape/market'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readEnvironment } from '../reads/read-environment.ts'
import { readHeartbeats } from '../reads/read-heartbeats.ts'
import { readMembers } from '../reads/read-members.ts'
import { readServerVersion } from '../reads/read-server-version.ts'
import { readTapeCounts } from '../reads/read-tape-counts.ts'
import { readTiers } from '../reads/read-tiers.ts'
import { NOON, newInstruments } from '../sample-batches.ts'
import { type TestDatabase, testDatabase } from '../testing.ts'
import { beatHeart } from './beat-heart.ts'
import { recordEvent } from './record-event.ts'
import { setTierMembers } from './set-tier-members.ts'
import { sourceIds } from './source-ids.ts'
import { writeFindings } from './write-findings.ts'

let t: TestDatabase
beforeAll(async () => {
  t = await testDatabase({ mode: 'live' })
}, 120_000)
afterAll(() => t.drop())

test('a clone carries the mode that was asked for', async () => {
  expect((await readEnvironment(t.db)).mode).toBe('live')
  expect(await readServerVersion(t.db)).toMatch(/^\d+(\.\d+)?$/)
})

test('a heart beats on in its row; the silent are forgotten', async () => {
  const beat = (instanceId: string, wallNow: number, detail: unknown = null) =>
    beatHeart(t.db, { instanceId, pid: 1, startedAt: NOON, wallNow, marketNow: NOON + 5, detail })
  await beat('old', NOON - 8 * DAY_US)
  await beat('a', NOON)
  await beat('b', NOON + 1)
  await beat('a', NOON + 2, { sources: [{ name: 'polygon', status: 'ok' }] })
  expect(await readHeartbeats(t.db)).toEqual([
    {
      instanceId: 'a',
      pid: 1,
      startedAt: NOON,
      beatAt: NOON + 2,
      marketAt: NOON + 5,
      detail: { sources: [{ name: 'polygon', status: 'ok' }] },
    },
    { instanceId: 'b', pid: 1, startedAt: NOON, beatAt: NOON + 1, marketAt: NOON + 5, detail: null },
  ])
})

test('an instrument belongs to its fastest tier that is enabled', async () => {
  const [a, b, c] = await newInstruments(t.db, 3)
  expect(await setTierMembers(t.db, { tier: 'sp500', instrumentIds: [a!, b!, a!], replace: false })).toBe(2)
  expect(await setTierMembers(t.db, { tier: 'core', instrumentIds: [b!], replace: false })).toBe(1)
  expect(await setTierMembers(t.db, { tier: 'user_watchlist', instrumentIds: [b!], replace: false })).toBe(1)
  expect(await setTierMembers(t.db, { tier: 'sp500', instrumentIds: [a!, c!], replace: true })).toBe(1)
  expect(await readMembers(t.db)).toEqual([
    { instrumentId: a, tier: 'sp500' },
    { instrumentId: b, tier: 'user_watchlist' },
    { instrumentId: c, tier: 'sp500' },
  ])
  await t.db.pool.query(`update universe_tiers set enabled = false where name = 'user_watchlist'`)
  expect(await readMembers(t.db)).toContainEqual({ instrumentId: b, tier: 'core' })
  expect((await readTiers(t.db)).map((x) => x.members)).toEqual([1, 1, 2, 0, 0])
  await expect(setTierMembers(t.db, { tier: 'nope', instrumentIds: [], replace: false })).rejects.toThrow(
    /no tier "nope"/,
  )
})

test('source ids are the same for all who ask at once', async () => {
  const asked = await Promise.all([1, 2, 3].map(() => sourceIds(t.db, ['alpha', 'beta', 'alpha'])))
  expect(new Set(asked.map((ids) => `${ids.get('alpha')} ${ids.get('beta')}`)).size).toBe(1)
})

test('findings and events are kept, a finding once', async () => {
  const finding = { kind: 'zero_price', instrumentId: null, symbol: 'ZZZ', ts: null, evidence: { price: 0 } }
  await writeFindings(t.db, 'polygon', [finding, finding])
  await writeFindings(t.db, 'polygon', [finding, { ...finding, evidence: { price: -1 } }], NOON)
  const { rows } = await t.db.pool.query(
    `select evidence from quality_findings where symbol = 'ZZZ' order by id`,
  )
  expect(rows).toEqual([{ evidence: { price: 0 } }, { evidence: { price: -1 } }])
  await recordEvent(t.db, 'daemon_started', { pid: 1 }, NOON)
  expect((await t.db.pool.query('select at, kind, detail from events')).rows).toEqual([
    { at: NOON, kind: 'daemon_started', detail: { pid: 1 } },
  ])
})

test('the tape says how much it holds', async () => {
  const counts = await readTapeCounts(t.db)
  expect(counts.instruments).toBe(3)
  expect(counts.bytes).toBeGreaterThan(1_000_000)
  expect(counts).toMatchObject({ ticks: 0, bars: 0, days: 0 })
})
