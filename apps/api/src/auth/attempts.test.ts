import { type TestDatabase, testDatabase } from '@onetape/db/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Attempts } from './attempts.ts'
import { AuthProblem } from './auth-problem.ts'

const START_MS = 1_800_000_000_000
const MINUTE_MS = 60_000

let t: TestDatabase
let nowMs = START_MS
let attempts: Attempts
let other: Attempts
beforeAll(async () => {
  t = await testDatabase()
  const db = t.as('onetape_api')
  attempts = new Attempts(db, () => nowMs)
  other = new Attempts(db, () => nowMs) // of another process
})
afterAll(() => t?.drop())

const refused = async (attempt: Promise<void>): Promise<AuthProblem | null> =>
  attempt.then(
    () => null,
    (error: AuthProblem) => error,
  )

it('an address that tries many people is stopped, in all processes together, and comes back after a minute', async () => {
  const tries = Array.from({ length: 70 }, (_, i) =>
    refused((i % 2 ? attempts : other).signIn('2001:db8:1:2::7', `person-${i}@example.com`)),
  )
  const problems = (await Promise.all(tries)).filter((problem) => problem !== null)
  expect(problems).toHaveLength(10)
  expect(problems[0]).toMatchObject({ kind: 'too_many', code: 'TOO_MANY', retryAfterS: 60 })
  nowMs += MINUTE_MS - 1_000
  const neighbour = await refused(attempts.signIn('2001:db8:1:2:ffff::1', 'new@example.com'))
  expect(neighbour).toMatchObject({
    retryAfterS: 1,
    message: 'Too many attempts. Wait a second, then try again.',
  })
  expect(await refused(attempts.signIn('2001:db8:1:3::1', 'new@example.com'))).toBeNull()
  nowMs += 1_000
  expect(await refused(attempts.signIn('2001:db8:1:2::7', 'new@example.com'))).toBeNull()
})

it('many addresses that try one person are stopped', async () => {
  const tries = Array.from({ length: 45 }, (_, i) =>
    refused(attempts.signIn(`203.0.113.${i}`, 'olga@example.com')),
  )
  const problems = (await Promise.all(tries)).filter((problem) => problem !== null)
  expect(problems).toHaveLength(5)
  expect(problems[0]!.message).toBe('Too many attempts. Wait 15 minutes, then try again.')
})

it('who came in starts anew; what was typed is kept nowhere', async () => {
  const once = () => refused(attempts.signIn('198.51.100.1', 'ann@example.com'))
  for (let i = 0; i < 6; i++) expect(await once()).toBeNull()
  expect(await once()).toBeInstanceOf(AuthProblem)
  await attempts.forgetSignIn('198.51.100.1', 'ann@example.com')
  expect(await once()).toBeNull()
  const { rows } = await t.db.pool.query('select string_agg(key, $1) as keys from auth_rate_limits', ['\n'])
  expect(rows[0].keys).not.toMatch(/@|198\.51|203\.0/)
})

it('guessing the first operator’s code is slow', async () => {
  const tries = Array.from({ length: 12 }, () => refused(attempts.code('198.51.100.2')))
  expect((await Promise.all(tries)).filter((problem) => problem !== null)).toHaveLength(4)
})
