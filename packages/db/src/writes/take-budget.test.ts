// Budgets against a judge that knows only the vendor's rule: in any window, no more than so many calls.
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { readBudgets } from '../reads/read-budgets.ts'
import { type TestDatabase, testDatabase } from '../testing.ts'
import { type DeclaredLimit, declareBudgets } from './declare-budgets.ts'
import { learnBudget } from './learn-budget.ts'
import { type BudgetPriority, releaseBudget, takeBudget } from './take-budget.ts'

let t: TestDatabase
beforeAll(async () => {
  t = await testDatabase()
  // The clock of these tests: moved by hand.
  await t.db.pool.query('create table test_clock (at timestamptz not null)')
  await t.db.pool.query(`insert into test_clock values ('2026-11-20 15:00:00Z')`)
  await t.db.pool.query(
    `create or replace function budget_clock() returns timestamptz language sql volatile as 'select at from test_clock'`,
  )
}, 120_000)
afterAll(() => t.drop())

let credential = ''
let n = 0
beforeEach(() => {
  credential = `key-${++n}`
})

const advance = (ms: number) =>
  t.db.pool.query(`update test_clock set at = at + make_interval(secs => $1 / 1000.0)`, [ms])

const take = (priority: BudgetPriority = 'user', weight = 1) =>
  takeBudget(t.db, { credential, scope: 'rest', weight, priority, holdMs: 10_000 })

const perMinute = (calls: number): DeclaredLimit => ({
  scope: 'rest',
  kind: 'window',
  calls,
  windowMs: 60_000,
})

test('a window grants its calls, then says when the next one is free, and keeps its word', async () => {
  await declareBudgets(t.db, credential, [perMinute(3)])
  for (let i = 0; i < 3; i++) expect(await take()).toMatchObject({ granted: true })
  const refused = await take()
  if (refused.granted) throw new Error('the fourth call was granted')
  expect(refused.limit).toBe('3 per 1 min')
  expect(refused.retryAfterMs).toBeGreaterThan(59_000)
  expect(refused.retryAfterMs).toBeLessThan(61_500)
  await advance(refused.retryAfterMs + 1)
  expect(await take()).toMatchObject({ granted: true })
})

test('whatever the schedule, no window of the vendor ever sees more than the limit', async () => {
  const run = fc.asyncProperty(
    fc.integer({ min: 2, max: 12 }),
    fc.array(fc.tuple(fc.integer({ min: 0, max: 9_000 }), fc.integer({ min: 1, max: 3 })), {
      minLength: 20,
      maxLength: 60,
    }),
    async (calls, steps) => {
      credential = `key-${++n}`
      await declareBudgets(t.db, credential, [perMinute(calls)])
      let now = 0
      const granted: { at: number; weight: number }[] = []
      for (const [waitMs, weight] of steps) {
        await advance(waitMs)
        now += waitMs
        const taken = await take('user', Math.min(weight, calls))
        if (taken.granted) granted.push({ at: now, weight: Math.min(weight, calls) })
      }
      for (const last of granted) {
        const seen = granted.filter((g) => g.at > last.at - 60_000 && g.at <= last.at)
        expect(seen.reduce((sum, g) => sum + g.weight, 0)).toBeLessThanOrEqual(calls)
      }
    },
  )
  await fc.assert(run, { numRuns: 12 })
})

test('a greedy reader gets nearly all of what is allowed', async () => {
  await declareBudgets(t.db, credential, [perMinute(30)])
  let granted = 0
  const minutes = 20
  for (let s = 0; s < minutes * 60; s++) {
    for (let more = true; more; ) {
      more = (await take()).granted
      if (more) granted++
    }
    await advance(1_000)
  }
  expect(granted / (30 * minutes)).toBeGreaterThan(0.95)
}, 120_000)

test('two processes at once never share the last call', async () => {
  await declareBudgets(t.db, credential, [perMinute(10)])
  const all = await Promise.all(Array.from({ length: 40 }, () => take()))
  expect(all.filter((a) => a.granted)).toHaveLength(10)
})

test('room is kept: backfill leaves what live and user came for lately, a user gets the last call', async () => {
  await declareBudgets(t.db, credential, [perMinute(100)])
  expect((await take('live')).granted).toBe(true)
  expect((await take('user')).granted).toBe(true)
  let backfill = 0
  while ((await take('backfill')).granted) backfill++
  expect(backfill).toBe(100 - 2 - 2 - 20)
  let live = 0
  while ((await take('live')).granted) live++
  expect(live).toBe(20)
  expect((await take('user')).granted).toBe(true)
  expect((await take('user')).granted).toBe(true)
  expect((await take('user')).granted).toBe(false)
})

test('with nobody else about, backfill may use all but the room of a user', async () => {
  await declareBudgets(t.db, credential, [perMinute(100)])
  let backfill = 0
  while ((await take('backfill')).granted) backfill++
  expect(backfill).toBe(98)
})

test('live alone may use everything, and makes room once a user has asked', async () => {
  await declareBudgets(t.db, credential, [perMinute(5)])
  for (let i = 0; i < 5; i++) expect((await take('live')).granted).toBe(true)
  expect((await take('user')).granted).toBe(false)
  await advance(61_000)
  for (let i = 0; i < 4; i++) expect((await take('live')).granted).toBe(true)
  expect(await take('live')).toMatchObject({ granted: false, limit: '5 per 1 min, of which 4 for live' })
  expect((await take('user')).granted).toBe(true)
})

test('several windows hold at once', async () => {
  await declareBudgets(t.db, credential, [
    { scope: 'rest', kind: 'window', calls: 4, windowMs: 1_000 },
    { scope: 'rest', kind: 'window', calls: 6, windowMs: 60_000 },
  ])
  const grants = async () => {
    let granted = 0
    while ((await take()).granted) granted++
    return granted
  }
  expect(await grants()).toBe(4)
  await advance(1_100)
  expect(await grants()).toBe(2)
  await advance(1_100)
  expect(await take()).toMatchObject({ granted: false, limit: '6 per 1 min' })
})

test('calls at one time are held and released, and a dead holder lets go by itself', async () => {
  await declareBudgets(t.db, credential, [{ scope: 'rest', kind: 'concurrent', calls: 2 }])
  const [a, b] = [await take(), await take()]
  if (!a.granted || !b.granted) throw new Error('two at a time were not granted')
  expect(await take()).toMatchObject({ granted: false, limit: '2 at a time' })
  await releaseBudget(t.db, a.holdId!)
  expect((await take()).granted).toBe(true)
  expect((await take()).granted).toBe(false)
  await advance(10_001)
  expect((await take()).granted).toBe(true)
})

test('a refusal by the vendor blocks the scope for as long as it asked', async () => {
  await declareBudgets(t.db, credential, [perMinute(100)])
  await learnBudget(t.db, { credential, scope: 'rest', blockedForMs: 7_000 })
  expect(await take()).toMatchObject({
    granted: false,
    limit: 'the vendor asked to wait',
    retryAfterMs: 7_000,
  })
  await advance(7_001)
  expect((await take()).granted).toBe(true)
  expect((await readBudgets(t.db)).find((u) => u.credential === credential)).toMatchObject({ refused: 1 })
})

test("the vendor's own counters correct the limit and count what others spent", async () => {
  await declareBudgets(t.db, credential, [perMinute(200)])
  expect((await take()).granted).toBe(true)
  await learnBudget(t.db, { credential, scope: 'rest', limit: 10, remaining: 4, resetMs: 30_000 })
  const usage = (await readBudgets(t.db)).find((u) => u.credential === credential)!
  expect(usage).toMatchObject({ calls: 10, learned: true, used: 6 })
  // Said again, it changes nothing; and a restart's declaration does not undo it.
  await learnBudget(t.db, { credential, scope: 'rest', limit: 10, remaining: 4, resetMs: 30_000 })
  await declareBudgets(t.db, credential, [perMinute(200)])
  expect((await readBudgets(t.db)).find((u) => u.credential === credential)).toMatchObject({
    calls: 10,
    used: 6,
  })
})

test('a scope without limits grants everything', async () => {
  for (let i = 0; i < 20; i++) expect((await take('backfill')).granted).toBe(true)
})
