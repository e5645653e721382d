// What a session opens, what ends with it, and who may end it; roles.
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { createTRPCClient, httpSubscriptionLink } from '@trpc/client'
import { EventSource } from 'eventsource'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AppRouter } from '../src/router.ts'
import { ANN, type AuthServer, authServer, Browser } from './auth-server.ts'

let live: AuthServer
let operator: Browser
beforeAll(async () => {
  live = await authServer({ mode: 'live' })
  operator = new Browser(live.base)
  const { status } = await operator.signUp({
    name: 'Olga',
    email: 'olga@example.com',
    code: live.auth.operatorCode,
  })
  expect(status).toBe(200)
}, 120_000)
afterAll(async () => {
  await live?.[Symbol.asyncDispose]()
})

let people = 0
const member = async (base = live.base): Promise<Browser & { email: string }> => {
  const email = `member-${++people}@example.com`
  const browser = Object.assign(new Browser(base), { email })
  expect((await browser.signUp({ email })).status).toBe(200)
  return browser
}
const again = async (browser: { email: string }, base = live.base): Promise<Browser> => {
  const other = new Browser(base)
  expect((await other.signIn({ email: browser.email })).status).toBe(200)
  return other
}
interface Report {
  id: string
  current: boolean
  userAgent: string
}
const sessions = async (browser: Browser): Promise<Report[]> =>
  (await browser.call('account.sessions')).json.result.data
const isIn = async (browser: Browser) => (await browser.call('account.me')).json.result.data.user !== null

/** A stream as a browser holds it: what it says, and when it ends. */
async function stream(base: string, cookie: string, path = '/trpc/quotes.live?input=%7B%7D') {
  const req = request(`${base}${path}`, { headers: { cookie, accept: 'text/event-stream' } })
  req.on('error', () => {})
  req.end()
  const [response] = (await once(req, 'response')) as [IncomingMessage]
  response.on('error', () => {}) // it may be open when the server ends
  let text = ''
  const spoke = Promise.withResolvers<void>()
  response.on('data', (chunk: Buffer) => {
    text += chunk
    spoke.resolve()
  })
  const ended = new Promise<void>((resolve) => response.once('close', () => resolve()))
  await spoke.promise
  return { ended, text: () => text }
}

describe('sessions', () => {
  it('are listed, with the own one marked, and without what opens them', async () => {
    const here = await member()
    here.headers = { 'user-agent': 'Otter/1.0 <b>' }
    const there = await again(here)
    const listed = await sessions(there)
    expect(listed.map((s) => s.current)).toEqual([true, false])
    expect(listed[0]).toMatchObject({
      ip: '127.0.0.1',
      createdAt: expect.any(Number),
      lastSeenAt: expect.any(Number),
    })
    const token = there.cookie.split('=')[1]!.split('.')[0]!
    expect(JSON.stringify(listed)).not.toContain(token)
  })

  it('end when revoked, at once in this process and within seconds in another, with the streams they opened', async () => {
    await using twin = await live.twin()
    const here = await member()
    const there = await again(here, twin.base)
    const open = await stream(twin.base, there.cookie)
    const mine = createTRPCClient<AppRouter>({
      links: [
        httpSubscriptionLink({
          url: `${live.base}/trpc`,
          EventSource: class extends EventSource {
            constructor(url: string | URL) {
              super(url, {
                fetch: (input, init) =>
                  fetch(input, { ...init, headers: { ...init.headers, cookie: there.cookie } }),
              })
            }
          },
        }),
      ],
    })
    const told = Promise.withResolvers<unknown>()
    const started = Promise.withResolvers<void>()
    const follower = mine.quotes.live.subscribe(
      {},
      { onData: () => started.resolve(), onError: told.resolve },
    )
    await started.promise
    expect(await isIn(there)).toBe(true)
    const [other] = (await sessions(here)).filter((s) => !s.current)
    expect((await here.change('account.revokeSession', { id: other!.id })).status).toBe(200)
    expect(await isIn(Object.assign(new Browser(live.base), { cookies: there.cookies }))).toBe(false)
    await open.ended
    expect(open.text()).toMatch(/serialized-error\n.*UNAUTHORIZED/)
    expect(await told.promise).toMatchObject({ data: { code: 'UNAUTHORIZED' } })
    follower.unsubscribe()
    await expect.poll(() => isIn(there), { timeout: 5_000 }).toBe(false)
    expect(await isIn(here)).toBe(true)
  }, 30_000)

  it('end their streams too when it is the person who leaves, and the public ones go on', async () => {
    const here = await member()
    const { cookie } = here
    const open = await stream(live.base, cookie)
    const health = await stream(live.base, cookie, '/trpc/health.watch')
    await here.post('/api/auth/sign-out', {})
    await open.ended
    expect(open.text()).toContain('UNAUTHORIZED')
    expect(health.text()).not.toContain('serialized-error')
  })

  it('end for the quotes that programs poll', async () => {
    const browser = await member()
    const token = (await again(browser).then((b) => b.signIn({ email: browser.email }))).headers.get(
      'set-auth-token',
    )
    const ask = async () =>
      (await fetch(`${live.base}/api/quotes?symbols=AAPL`, { headers: { authorization: `Bearer ${token}` } }))
        .status
    expect(await ask()).toBe(200)
    expect((await browser.change('account.revokeOthers')).json.result.data).toEqual({ ended: 2 })
    expect(await ask()).toBe(401)
  })

  it('are nobody else’s to end', async () => {
    const [ann, bob] = [await member(), await member()]
    const [annsId] = (await sessions(ann)).map((s) => s.id)
    for (const id of [annsId, "' or 1=1 --", '*', annsId!.toUpperCase()]) {
      const answer = await bob.change('account.revokeSession', { id })
      expect([answer.status, answer.json.error.data.code]).toEqual([404, 'NOT_FOUND'])
    }
    expect((await bob.change('account.revokeOthers')).json.result.data).toEqual({ ended: 0 })
    expect(await isIn(ann)).toBe(true)
  })

  it('end by themselves when their time is over', async () => {
    const browser = await member()
    const open = await stream(live.base, browser.cookie)
    const [id] = (await sessions(browser)).map((s) => s.id)
    await live.query(`update auth_sessions set expires_at = now() - interval '1 second' where id = $1`, [id])
    await open.ended
    expect(await isIn(browser)).toBe(false)
    expect(await sessions(await again(browser))).toHaveLength(1)
  })

  it('survive a database that is away for a moment: nobody is told to sign in', async () => {
    const browser = await member()
    await live.query('alter table auth_sessions rename to auth_sessions_away')
    try {
      const answer = await Object.assign(new Browser(live.base), { cookies: browser.cookies }).call(
        'quotes.latest',
        {},
      )
      expect([answer.status, answer.text.includes('UNAUTHORIZED')]).toEqual([500, false])
      expect((await browser.call('health.get')).status).toBe(200)
    } finally {
      await live.query('alter table auth_sessions_away rename to auth_sessions')
    }
    expect(await isIn(browser)).toBe(true)
  })
})

describe('roles', () => {
  interface User {
    id: string
    email: string
    role: string
  }
  const users = async (): Promise<User[]> => (await operator.call('account.users')).json.result.data
  const idOf = async (email: string) => (await users()).find((user) => user.email === email)!.id

  it('are given by operators, and hold at once', async () => {
    const browser = await member()
    expect((await browser.call('operations')).json.error.data.code).toBe('FORBIDDEN')
    expect((await browser.call('account.users')).json.error.data.code).toBe('FORBIDDEN')
    const userId = await idOf(browser.email)
    const own = await browser.change('account.setRole', { userId, role: 'operator' })
    expect(own.json.error.data.code).toBe('FORBIDDEN')
    const given = await operator.change('account.setRole', { userId, role: 'operator' })
    expect(given.json.result.data).toMatchObject({ email: browser.email, role: 'operator' })
    expect((await browser.call('account.users')).status).toBe(200)
    expect((await operator.change('account.setRole', { userId, role: 'member' })).status).toBe(200)
    expect((await browser.call('account.users')).status).toBe(403)
  })

  it('leave one operator, whoever demotes whom at once', async () => {
    const browser = await member()
    const [olga, other] = [await idOf('olga@example.com'), await idOf(browser.email)]
    const last = await operator.change('account.setRole', { userId: olga, role: 'member' })
    expect([last.status, last.json.error.message]).toEqual([409, expect.stringMatching(/last operator/)])
    await operator.change('account.setRole', { userId: other, role: 'operator' })
    const both = await Promise.all([
      operator.change('account.setRole', { userId: other, role: 'member' }),
      browser.change('account.setRole', { userId: olga, role: 'member' }),
    ])
    expect(both.map((answer) => answer.status).sort()).toEqual([200, expect.any(Number)])
    expect(await live.query(`select count(*) as n from users where role = 'operator'`)).toEqual([{ n: 1 }])
    await live.query(`update users set role = 'operator' where id = $1`, [olga])
  })

  it('are of users that there are', async () => {
    for (const userId of ['nobody', "' or 1=1 --"])
      expect((await operator.change('account.setRole', { userId, role: 'operator' })).status).toBe(404)
    expect((await operator.change('account.setRole', { userId: 'x', role: 'root' })).status).toBe(400)
  })

  it('leave the demo user an operator, and nobody signs in or up as it', async () => {
    await using demo = await authServer({ mode: 'demo' })
    const nobody = new Browser(demo.base)
    const demoted = await nobody.change('account.setRole', { userId: 'demo', role: 'member' })
    expect(demoted.status).toBe(409)
    expect((await nobody.signUp({ email: 'demo@onetape.invalid' })).status).toBe(409)
    expect((await nobody.signIn({ email: 'demo@onetape.invalid', password: ANN.password })).status).toBe(401)
    expect((await nobody.call('account.sessions')).json.result.data).toEqual([])
  }, 60_000)
})
