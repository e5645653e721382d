// The sign-in library over our tables, as the API's role works on them.
import { betterAuth } from 'better-auth'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { authAdapter } from './auth-adapter.ts'
import { type TestDatabase, testDatabase } from './testing.ts'

let t: TestDatabase
beforeAll(async () => {
  t = await testDatabase()
}, 120_000)
afterAll(() => t.drop())

const ORIGIN = 'http://127.0.0.1:4000'
const open = () =>
  betterAuth({
    database: authAdapter(t.as('onetape_api')),
    baseURL: ORIGIN,
    secret: 'a secret of this test, long enough to be one',
    emailAndPassword: { enabled: true },
    user: { additionalFields: { role: { type: 'string', input: false, defaultValue: 'member' } } },
    rateLimit: {
      enabled: true,
      storage: 'database',
      customRules: { '/sign-in/email': { window: 60, max: 3 } },
    },
    telemetry: { enabled: false },
    logger: { disabled: true },
  })
const post = (auth: ReturnType<typeof open>, path: string, body: object) =>
  auth.handler(
    new Request(`${ORIGIN}/api/auth${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: ORIGIN, 'x-forwarded-for': '10.1.2.3' },
      body: JSON.stringify(body),
    }),
  )
const rows = async (text: string) => (await t.db.pool.query(text)).rows

test('signs up, in and out; instants come back as dates; sign-ins are counted by the database', async () => {
  const auth = open()
  const anna = { name: 'Anna', email: 'Anna@X.test', password: 'correct horse battery' }
  const answers = await Promise.all([post(auth, '/sign-up/email', anna), post(auth, '/sign-up/email', anna)])
  expect(answers.map((a) => a.status === 200).sort()).toEqual([false, true])
  expect(await rows('select email, role from users')).toEqual([{ email: 'anna@x.test', role: 'member' }])

  const cookie = answers
    .find((a) => a.status === 200)!
    .headers.get('set-cookie')!
    .split(';')[0]!
  const session = await auth.api.getSession({ headers: new Headers({ cookie }) })
  expect(session?.user).toMatchObject({ name: 'Anna', role: 'member', createdAt: expect.any(Date) })
  expect(session!.session.expiresAt.getTime()).toBeGreaterThan(Date.now())
  expect(await rows(`select expires_at > now() as later from auth_sessions`)).toEqual([{ later: true }])
  await auth.api.signOut({ headers: new Headers({ cookie }) })
  expect(await auth.api.getSession({ headers: new Headers({ cookie }) })).toBeNull()

  const tries = []
  for (let n = 0; n < 5; n++)
    tries.push((await post(auth, '/sign-in/email', { ...anna, password: 'wrong' })).status)
  expect(tries).toEqual([401, 401, 401, 429, 429])
  expect(await rows(`select key, count from auth_rate_limits where key like '%sign-in%'`)).toHaveLength(1)
})
