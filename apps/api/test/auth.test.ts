// Coming in and going out over real HTTP, on a real database.
import { once } from 'node:events'
import { request } from 'node:http'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ANN, type AuthServer, authServer, Browser } from './auth-server.ts'

const BOB = { name: 'Bob', email: 'bob@example.com', password: 'a walk in the rain' }
const logged: string[] = []

let live: AuthServer
let demo: AuthServer
beforeAll(async () => {
  const log = pino({ level: 'trace' }, { write: (line: string) => void logged.push(line) })
  live = await authServer({ mode: 'live', log })
  demo = await authServer({ mode: 'demo', log })
}, 120_000)
afterAll(async () => {
  await live?.[Symbol.asyncDispose]()
  await demo?.[Symbol.asyncDispose]()
})

const me = async (browser: Browser) => (await browser.call('account.me')).json.result.data

describe('a live OneTape that nobody runs yet', () => {
  it('says so, and nothing else', async () => {
    const nobody = new Browser(live.base)
    expect(await me(nobody)).toEqual({
      user: null,
      mode: 'live',
      isDemoUser: false,
      signUp: 'first_operator',
    })
    const refused = await nobody.call('quotes.latest', {})
    expect([refused.status, refused.json.error.data.code]).toEqual([401, 'UNAUTHORIZED'])
    expect((await nobody.ask('/api/quotes?symbols=AAPL')).status).toBe(401)
    expect((await nobody.ask('/trpc/quotes.live?input=%7B%7D')).status).toBe(401)
    const inBand = await nobody.ask('/trpc/quotes.live?input=%7B%7D', {
      headers: { accept: 'text/event-stream' },
    })
    expect([inBand.status, inBand.text]).toEqual([
      200,
      expect.stringMatching(/serialized-error\n.*UNAUTHORIZED/),
    ])
    expect((await nobody.ask('/api/health')).status).toBe(200)
  })

  it('takes no sign-up without the code, nor with another', async () => {
    const browser = new Browser(live.base)
    const without = await browser.signUp({})
    expect([without.status, without.json.code]).toEqual([400, 'CODE_REQUIRED'])
    const wrong = await browser.signUp({ code: 'AAAA-BBBB-CCCC-DDDD' })
    expect([wrong.status, wrong.json.code]).toEqual([400, 'CODE_WRONG'])
    expect(await live.query('select id from users')).toEqual([])
  })

  it('keeps the code when the sign-up that brought it comes to nothing', async () => {
    const browser = new Browser(live.base)
    const weak = await browser.signUp({ code: live.auth.operatorCode, password: 'password123' })
    expect([weak.status, weak.json.code]).toEqual([400, 'PASSWORD_TOO_WEAK'])
  })

  it('makes one operator of two who bring the code at once, and the code is gone', async () => {
    const code = live.auth.operatorCode!.toLowerCase().replaceAll('-', ' ')
    const two = [new Browser(live.base), new Browser(live.base)]
    const answers = await Promise.all([two[0]!.signUp({ code }), two[1]!.signUp({ ...BOB, code })])
    expect(answers.map((a) => a.status).sort()).toEqual([200, 400])
    expect(answers.find((a) => a.status === 400)!.json.code).toBe('CODE_WRONG')
    expect(await live.query('select role from users')).toEqual([{ role: 'operator' }])
    const third = new Browser(live.base)
    expect(await me(third)).toMatchObject({ signUp: 'open' })
    const member = await third.signUp({ name: 'Cy', email: 'cy@example.com', code })
    expect([member.status, member.json.user.role]).toEqual([200, 'member'])
    expect((await third.call('operations')).json.error.data.code).toBe('FORBIDDEN')
  })

  it('writes the code, passwords and tokens into no log', () => {
    expect(logged.join('')).not.toContain(live.auth.operatorCode!)
    expect(logged.join('')).not.toMatch(/three quiet otters|a walk in the rain/)
  })
})

describe('in and out', () => {
  it('signs up, in and out, with a cookie that no script reads', async () => {
    const browser = new Browser(demo.base)
    expect(await me(browser)).toMatchObject({ user: { id: 'demo', role: 'operator' }, isDemoUser: true })
    const signedUp = await browser.signUp({})
    expect([signedUp.status, signedUp.json.user]).toMatchObject([200, { name: 'Ann', role: 'member' }])
    const [cookie] = signedUp.headers.getSetCookie()
    expect(cookie).toMatch(/^onetape-demo\.session_token=[^;]+;.*HttpOnly; SameSite=Lax/i)
    expect(cookie).not.toMatch(/secure/i)
    expect(await me(browser)).toMatchObject({ user: { email: ANN.email, role: 'member' }, isDemoUser: false })
    const signedOut = await browser.post('/api/auth/sign-out', {})
    expect([signedOut.status, browser.cookies.size]).toEqual([200, 0])
    expect(await me(browser)).toMatchObject({ user: { id: 'demo' } })
    expect((await browser.signIn()).status).toBe(200)
    expect(await me(browser)).toMatchObject({ user: { email: ANN.email } })
  })

  it('is forgotten with the browser where that was asked for', async () => {
    const browser = new Browser(demo.base)
    const answer = await browser.signIn({ rememberMe: false })
    const cookies = answer.headers.getSetCookie()
    expect([answer.status, cookies.length]).toEqual([200, 2])
    for (const cookie of cookies) expect(cookie).not.toMatch(/max-age|expires/i)
    // Long after: what goes on is not made to last.
    await demo.query(`update auth_sessions set expires_at = expires_at - interval '1 hour'`)
    const later = await browser.call('account.me')
    expect(later.json.result.data.user.email).toBe(ANN.email)
    expect(later.headers.getSetCookie().filter((cookie) => /max-age=[1-9]/i.test(cookie))).toEqual([])
  })

  it('goes on while it is used', async () => {
    const browser = new Browser(demo.base)
    await browser.signIn()
    await demo.query(`update auth_sessions set expires_at = expires_at - interval '1 hour'`)
    const [cookie] = (await browser.call('account.me')).headers.getSetCookie()
    expect(cookie).toMatch(/^onetape-demo\.session_token=.*Max-Age=2592000/)
    expect(await me(browser)).toMatchObject({ user: { email: ANN.email } })
  })

  it('tells a wrong e-mail and a wrong password alike', async () => {
    const browser = new Browser(demo.base)
    const wrong = await browser.signIn({ password: 'three loud otters' })
    const unknown = await browser.signIn({ email: 'nobody@example.com' })
    const nobodys = await browser.signIn({ email: 'demo@onetape.invalid' })
    expect(wrong.status).toBe(401)
    expect(wrong.json).toEqual({ code: 'INVALID_EMAIL_OR_PASSWORD', message: 'E-mail or password is wrong.' })
    for (const other of [unknown, nobodys])
      expect([other.status, other.text]).toEqual([wrong.status, wrong.text])
  })

  it('has one account for one e-mail, also when asked twice at once', async () => {
    const fields = { ...BOB, email: 'Twice@Example.com' }
    const answers = await Promise.all([1, 2, 3].map(() => new Browser(demo.base).signUp(fields)))
    expect(answers.map((a) => a.status).sort()).toEqual([200, 409, 409])
    expect(answers.find((a) => a.status === 409)!.json.code).toBe('USER_ALREADY_EXISTS')
    const rows = await demo.query(
      `select u.email, count(a.id) as accounts from users u join auth_accounts a on a.user_id = u.id
       where u.email ilike 'twice@%' group by u.email`,
    )
    expect(rows).toEqual([{ email: 'twice@example.com', accounts: 1 }])
  })

  it('lets a program in by its token, and not by half of one', async () => {
    const { headers } = await new Browser(demo.base).signIn()
    const token = headers.get('set-auth-token')!
    const ask = async (authorization: string) => {
      const program = await new Browser(demo.base).ask('/trpc/account.me', { headers: { authorization } })
      return program.json
    }
    expect((await ask(`Bearer ${token}`)).result.data.user.email).toBe(ANN.email)
    for (const forged of [`${token.slice(0, -4)}AAAA`, token.split('.')[0]!, 'x'.repeat(5_000)])
      expect((await ask(`Bearer ${forged}`)).result.data.user, forged.slice(0, 20)).toBeNull()
  })

  it('gives a page no token to read', async () => {
    const browser = new Browser(demo.base)
    browser.headers = { 'sec-fetch-site': 'same-origin' }
    const { status, headers, json } = await browser.signIn()
    expect([status, headers.get('set-auth-token'), json.token]).toEqual([200, null, undefined])
  })

  it('changes a password: the other sessions end, this one goes on', async () => {
    const [here, there] = [new Browser(demo.base), new Browser(demo.base)]
    await here.signUp({ email: 'change@example.com' })
    await there.signIn({ email: 'change@example.com' })
    const newPassword = 'four quiet otters'
    const wrong = await here.post('/api/auth/change-password', { currentPassword: 'x', newPassword })
    expect([wrong.status, wrong.json.code]).toEqual([400, 'INVALID_PASSWORD'])
    const changed = await here.post('/api/auth/change-password', {
      currentPassword: ANN.password,
      newPassword,
      revokeOtherSessions: true,
    })
    expect(changed.status).toBe(200)
    expect(await me(here)).toMatchObject({ user: { email: 'change@example.com' } })
    expect(await me(there)).toMatchObject({ user: { id: 'demo' } })
    expect((await there.signIn({ email: 'change@example.com' })).status).toBe(401)
    expect((await there.signIn({ email: 'change@example.com', password: newPassword })).status).toBe(200)
    const nobody = await new Browser(demo.base).post('/api/auth/change-password', {
      currentPassword: newPassword,
      newPassword: ANN.password,
    })
    expect([nobody.status, nobody.json.code]).toEqual([401, 'UNAUTHORIZED'])
  })

  it('takes no cookie away from who has just been given the next one', async () => {
    const here = new Browser(demo.base)
    await here.signUp({ email: 'renewed@example.com' })
    const asked = new Browser(demo.base)
    for (const [name, value] of here.cookies) asked.cookies.set(name, value)
    await here.post('/api/auth/change-password', {
      currentPassword: ANN.password,
      newPassword: 'five quiet otters',
    })
    // Sent with the cookie of the session that has ended; answered after the change was.
    const late = await asked.call('account.me')
    expect(late.json.result.data).toMatchObject({ user: { id: 'demo' } })
    expect(late.headers.getSetCookie()).toEqual([])
  })

  it('serves nothing else of the sign-in library', async () => {
    const browser = new Browser(demo.base)
    await browser.signIn()
    for (const path of [
      'list-sessions',
      'get-session',
      'ok',
      'error',
      'update-user',
      'delete-user',
      'sign-in/social',
    ])
      for (const method of ['GET', 'POST']) {
        const init =
          method === 'POST' ? { method, body: '{}', headers: { 'content-type': 'application/json' } } : {}
        expect((await browser.ask(`/api/auth/${path}`, init)).status, `${method} ${path}`).toBe(404)
      }
  })
})

describe('what is typed', () => {
  const huge = 'x'.repeat(7_000)
  it.each([
    ['no name', { name: ' ' }, 'INVALID_NAME'],
    ['a huge name', { name: huge }, 'INVALID_NAME'],
    ['a NUL in the name', { name: 'A\0nn' }, 'INVALID_NAME'],
    ['half a character in the name', { name: 'A\ud83d' }, 'INVALID_NAME'],
    ['a name that turns the text around', { name: 'Ann\u202eevil' }, 'INVALID_NAME'],
    ['a name that is no text', { name: { $ne: 1 } }, 'INVALID_NAME'],
    ['no e-mail', { email: '' }, 'INVALID_EMAIL'],
    ['a huge e-mail', { email: `${huge}@example.com` }, 'INVALID_EMAIL'],
    ['a NUL in the e-mail', { email: 'an\0n@example.com' }, 'INVALID_EMAIL'],
    ['a header in the e-mail', { email: 'ann@example.com\r\nBcc: x@example.com' }, 'INVALID_EMAIL'],
    ['SQL for an e-mail', { email: "' or 1=1 --" }, 'INVALID_EMAIL'],
    ['a short password', { password: 'otters' }, 'PASSWORD_TOO_SHORT'],
    ['a huge password', { password: huge }, 'PASSWORD_TOO_LONG'],
    ['one letter over and over', { password: 'aaaaaaaaaaaa' }, 'PASSWORD_TOO_WEAK'],
    ['a row of digits', { password: '1234567890' }, 'PASSWORD_TOO_WEAK'],
    ['the e-mail as password', { password: 'new@example.com' }, 'PASSWORD_TOO_WEAK'],
    ['half a character in the password', { password: 'three quiet \ud83d' }, 'INVALID_PASSWORD'],
    ['a role', { role: 'operator' }, 'INVALID_REQUEST'],
    ['a picture', { image: 'http://evil.example/x.png' }, 'INVALID_REQUEST'],
  ])('refuses %s in one line, and stores nothing', async (_, fields, code) => {
    const answer = await new Browser(demo.base).signUp({ email: 'new@example.com', ...fields })
    expect([answer.status, answer.json.code]).toEqual([400, code])
    expect(answer.json.message).toMatch(/^[^\n]{5,160}$/)
    expect(answer.text).not.toMatch(/node_modules|\.ts:\d|xxxxxxxx/)
    expect(await demo.query(`select id from users where email like '%new@example.com%'`)).toEqual([])
  })

  it.each(['[]', 'null', '7', '{"name":', '"x"', '{"__proto__":{"role":"operator"}}'])(
    'refuses the body %s',
    async (body) => {
      const answer = await new Browser(demo.base).post('/api/auth/sign-up/email', body)
      expect(answer.status).toBe(400)
      expect(answer.json.message).toMatch(/^[^\n]{5,160}$/)
    },
  )

  it('refuses a body that is too large', async () => {
    const answer = await new Browser(demo.base).signUp({ name: 'x'.repeat(20_000) })
    expect([answer.status, answer.json.code]).toEqual([413, 'INVALID_REQUEST'])
  })

  it('keeps HTML, SQL and other scripts as the text that they are', async () => {
    const name = `<img src=x onerror=alert(1)>'; drop table users; -- Ωmega 漢字 👩‍👩‍👧`
    const password = `'; drop table users; -- <b>\0 漢字`
    const browser = new Browser(demo.base)
    expect((await browser.signUp({ name, email: 'html@example.com', password })).status).toBe(200)
    expect((await me(browser)).user.name).toBe(name)
    expect((await new Browser(demo.base).signIn({ email: 'html@example.com', password })).status).toBe(200)
  })
})

describe('who tries too often', () => {
  it('waits, whether the password was right or not, and others do not', async () => {
    const email = 'often@example.com'
    await new Browser(demo.base).signUp({ email })
    const browser = new Browser(demo.base)
    const statuses: number[] = []
    for (let i = 0; i < 7; i++)
      statuses.push((await browser.signIn({ email, password: `wrong number ${i}` })).status)
    expect(statuses).toEqual([401, 401, 401, 401, 401, 401, 429])
    const refused = await browser.signIn({ email })
    expect([refused.status, refused.json.code]).toEqual([429, 'TOO_MANY'])
    const seconds = Number(refused.headers.get('retry-after'))
    expect(seconds).toBeGreaterThan(0)
    expect(seconds).toBeLessThanOrEqual(60)
    expect(refused.json.message).toContain(`${seconds} second`)
    expect((await browser.signIn()).status).toBe(200)
    await using twin = await demo.twin()
    expect((await new Browser(twin.base).signIn({ email })).status).toBe(429)
  })
})

describe('what a foreign page makes a browser send', () => {
  const evil = { origin: 'https://evil.example' }
  const CASES: [string, Record<string, string>, number][] = [
    ['a foreign origin', evil, 403],
    ['a foreign port', { origin: 'http://127.0.0.1:1' }, 403],
    ['no origin to speak of', { origin: 'null' }, 403],
    ['a host that begins like ours', { origin: 'http://127.0.0.1.evil.example' }, 403],
    ['a form', { 'content-type': 'text/plain' }, 415],
    ['another form', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
  ]
  it.each(CASES)('is refused: %s', async (_, headers, status) => {
    const browser = new Browser(demo.base)
    await browser.signIn()
    for (const path of ['/trpc/account.revokeOthers', '/api/auth/sign-out', '/api/auth/sign-in/email']) {
      const answer = await browser.post(path, '{}', headers)
      expect([path, answer.status]).toEqual([path, status])
      expect(answer.json.message ?? answer.json.error.message).toMatch(/^[^\n]+$/)
      expect(answer.headers.get('access-control-allow-origin')).toBeNull()
    }
    expect(await me(browser)).toMatchObject({ user: { email: ANN.email } })
  })

  const raw = async (headers: Record<string, string>): Promise<number> => {
    const req = request(`${demo.base}/trpc/account.revokeOthers`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': '2', ...headers },
    })
    req.end('{}')
    const [response] = await once(req, 'response')
    response.resume()
    return response.statusCode
  }
  it('without an Origin it is what the browser says of the page that counts, or a token', async () => {
    const browser = new Browser(demo.base)
    const token = (await browser.signIn()).headers.get('set-auth-token')!
    expect(await raw({ cookie: browser.cookie })).toBe(403)
    expect(await raw({ cookie: browser.cookie, 'sec-fetch-site': 'cross-site' })).toBe(403)
    expect(await raw({ cookie: browser.cookie, 'sec-fetch-site': 'same-site' })).toBe(403)
    expect(await raw({ cookie: browser.cookie, authorization: 'Bearer x' })).toBe(403)
    expect(await raw({ authorization: `Bearer ${token}` })).toBe(200)
    expect(await raw({ cookie: browser.cookie, 'sec-fetch-site': 'same-origin' })).toBe(200)
  })

  it('changes nothing by reading', async () => {
    const browser = new Browser(demo.base)
    await browser.signIn()
    const answer = await browser.ask('/trpc/account.revokeOthers?input=%7B%7D', { headers: evil })
    expect([answer.status, answer.json.error.data.code]).toEqual([400, 'BAD_REQUEST'])
  })
})

describe('where people reach it', () => {
  it('makes cookies for https alone when it listens to the network, and says what is missing', async () => {
    await using open = await authServer({ mode: 'demo', host: '0.0.0.0' })
    const browser = new Browser(open.base)
    expect((await browser.signUp({})).headers.getSetCookie()[0]).toMatch(
      /^__Secure-onetape-demo\..*; Secure/i,
    )
    const address = 'tape.lan:4680'
    const plain = await raw(open.base, { host: address, origin: `http://${address}` })
    expect(plain).toMatchObject([400, { code: 'NEEDS_HTTPS' }])
    const through = await raw(open.base, { host: address, origin: `https://${address}` })
    expect(through).toMatchObject([200, { user: { email: ANN.email } }])
  }, 60_000)

  it('goes by its public address behind a proxy on this machine', async () => {
    await using proxied = await authServer({ mode: 'demo', publicUrl: 'https://tape.example.com' })
    expect((await new Browser(proxied.base).signUp({})).status).toBe(200)
    const host = 'tape.example.com'
    expect(await raw(proxied.base, { host, origin: 'https://tape.example.com' })).toMatchObject([200, {}])
    expect(await raw(proxied.base, { host, origin: 'http://tape.example.com' })).toMatchObject([403, {}])
    expect(await raw(proxied.base, { host, origin: 'https://evil.example' })).toMatchObject([403, {}])
    expect(await raw(proxied.base, { host: 'evil.example', origin: 'https://evil.example' })).toMatchObject([
      403,
      {},
    ])
    const seen = await raw(proxied.base, {
      host,
      origin: 'https://tape.example.com',
      'x-forwarded-for': '203.0.113.9',
    })
    expect(seen).toMatchObject([200, {}])
    expect(await proxied.query(`select distinct ip_address as ip from auth_sessions order by 1`)).toEqual([
      { ip: '127.0.0.1' },
      { ip: '203.0.113.9' },
    ])
  }, 60_000)

  it('believes nobody about addresses otherwise', async () => {
    const browser = new Browser(demo.base)
    await browser
      .signUp({ email: 'address@example.com' })
      .then(() =>
        browser.post(
          '/api/auth/sign-in/email',
          { email: 'address@example.com', password: ANN.password },
          { 'x-forwarded-for': '203.0.113.9', 'x-onetape-address': '203.0.113.9' },
        ),
      )
    const [{ sessions }] = (await browser
      .call('account.sessions')
      .then((a) => [{ sessions: a.json.result.data }])) as [{ sessions: { ip: string }[] }]
    expect(sessions.map((s) => s.ip)).toEqual(['127.0.0.1', '127.0.0.1'])
  })

  async function raw(base: string, headers: Record<string, string>): Promise<[number, unknown]> {
    const body = JSON.stringify({ email: ANN.email, password: ANN.password })
    const req = request(`${base}/api/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers },
    })
    req.end(body)
    const [response] = await once(req, 'response')
    let text = ''
    for await (const chunk of response) text += chunk
    return [response.statusCode, JSON.parse(text)]
  }
})

it('can be closed for sign-ups', async () => {
  await using closed = await authServer({ mode: 'demo', signUp: 'closed' })
  const browser = new Browser(closed.base)
  expect(await me(browser)).toMatchObject({ signUp: 'closed' })
  const answer = await browser.signUp({})
  expect([answer.status, answer.json.code]).toEqual([403, 'SIGN_UP_CLOSED'])
}, 60_000)
