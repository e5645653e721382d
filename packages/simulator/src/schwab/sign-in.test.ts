import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Stage, stage } from '../testing.ts'
import { postToken } from './testing.ts'

const WEEK_MS = 7 * 86_400_000
const BACK = 'http://127.0.0.1:4900/api/oauth/callback'
const BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

let s: Stage
beforeAll(async () => {
  s = await stage()
})
afterAll(() => s[Symbol.asyncDispose]())

const authorize = (over: Record<string, string> = {}) =>
  `/schwab/v1/oauth/authorize?${new URLSearchParams({
    response_type: 'code',
    client_id: 'app',
    redirect_uri: BACK,
    state: 'st&<"1',
    ...over,
  })}`

const answer = (form: Record<string, string>) =>
  s.simulator.inject({
    method: 'POST',
    url: '/schwab/v1/oauth/authorize',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...BROWSER },
    payload: new URLSearchParams({
      client_id: 'app',
      redirect_uri: BACK,
      state: 'st&<"1',
      ...form,
    }).toString(),
  })

const backFrom = ({ headers }: { headers: Record<string, unknown> }) => new URL(String(headers.location))
const codeFor = async (form: Record<string, string> = {}) =>
  backFrom(await answer({ answer: 'allow', ...form })).searchParams.get('code')!
const exchange = (code: string, over: { app?: string; redirect_uri?: string } = {}) => {
  const { app = 'app:secret', ...form } = over
  return postToken(s, { grant_type: 'authorization_code', code, redirect_uri: BACK, ...form }, app)
}
const refresh = (refreshToken: string) =>
  postToken(s, { grant_type: 'refresh_token', refresh_token: refreshToken })

describe('the page', () => {
  it('asks a browser, with what was sent kept as text', async () => {
    const page = await s.get(authorize({ client_id: '<img src=x onerror=alert(1)>' }), BROWSER)
    expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html;charset=utf-8'])
    expect(page.text).toContain('<button name="answer" value="allow">Allow</button>')
    expect(page.text).toContain('<button name="answer" value="deny"')
    expect(page.text).toContain('value="st&amp;&lt;&quot;1"')
    expect(page.text).not.toContain('<img')
    expect(page.text).toContain('127.0.0.1:4900')
  })

  it('leads back with code and state when allowed, with access_denied when not', async () => {
    const allowed = backFrom(await answer({ answer: 'allow' }))
    expect(allowed.href.startsWith(`${BACK}?`)).toBe(true)
    expect(allowed.searchParams.get('state')).toBe('st&<"1')
    expect(allowed.searchParams.get('code')).toMatch(/^C0\./)
    const denied = backFrom(await answer({ answer: 'deny' })).searchParams
    expect([denied.get('error'), denied.get('state'), denied.get('code')]).toEqual([
      'access_denied',
      'st&<"1',
      null,
    ])
    expect(backFrom(await answer({})).searchParams.get('error')).toBe('access_denied')
  })

  it('lets a program, and auto=1, through at once', async () => {
    for (const page of [await s.get(authorize()), await s.get(authorize({ auto: '1' }), BROWSER)]) {
      expect(page.status).toBe(302)
      expect(backFrom(page).searchParams.get('code')).toMatch(/^C0\./)
    }
  })

  it('sends nobody anywhere for an app or an address that is none', async () => {
    const wrongs: Record<string, string>[] = [
      { client_id: 'wrong-app' },
      { redirect_uri: 'nowhere' },
      { redirect_uri: 'javascript:alert(1)' },
    ]
    for (const wrong of wrongs) {
      const page = await s.get(authorize(wrong), BROWSER)
      expect([page.status, page.headers.location]).toEqual([400, undefined])
      expect(page.text).toContain('<h1>')
      expect((await s.get(authorize(wrong))).json.error).toBe('invalid_request')
      expect((await answer({ answer: 'allow', ...wrong })).statusCode).toBe(400)
    }
  })
})

describe('the code', () => {
  it('is good once, for its app and its address', async () => {
    const code = await codeFor()
    expect((await exchange(code)).status).toBe(200)
    expect((await exchange(code)).json).toMatchObject({ error: 'invalid_grant' })
    expect((await exchange(await codeFor(), { app: 'other:secret' })).status).toBe(400)
    expect((await exchange(await codeFor(), { redirect_uri: `${BACK}/` })).status).toBe(400)
    expect((await exchange('C0.made-up@')).status).toBe(400)
  })

  it('is two different ones for two who allow, and too old after half a minute', async () => {
    const [one, two] = [await codeFor(), await codeFor()]
    expect(one).not.toBe(two)
    const first = (await exchange(one)).json.refresh_token
    s.simulator.forwardWall(31_000)
    expect((await exchange(two)).json).toMatchObject({ error: 'invalid_grant' })
    expect(first).toMatch(/^R0\.[0-9a-z]+\.[0-9a-f]{40}@$/)
  })
})

describe('the sign-in', () => {
  it('runs out after seven days of real time, and is not renewed by being used', async () => {
    const { refresh_token: token } = (await exchange(await codeFor())).json
    expect((await refresh(token!)).status).toBe(200)
    s.simulator.forwardWall(WEEK_MS - 60_000)
    expect((await refresh(token!)).json.refresh_token).toBe(token)
    s.set(0)
    s.simulator.forwardWall(61_000)
    expect((await refresh(token!)).json).toMatchObject({ error: 'invalid_grant' })
    expect((await refresh('R0.demo@')).status).toBe(200)
    s.set(Date.parse('2026-11-20T19:41:33Z') * 1000)
  })

  it('without the exchanges’ agreements sees delayed prices', async () => {
    const { access_token } = (await exchange(await codeFor({ delayed: '1' }))).json
    const { json } = await s.get('/schwab/marketdata/v1/quotes?symbols=AAPL', {
      authorization: `Bearer ${access_token}`,
    })
    expect(json.AAPL.realtime).toBe(false)
  })

  it('grows old by order over HTTP too', async () => {
    const { refresh_token: token } = (await exchange(await codeFor())).json
    const forward = (payload: unknown) =>
      s.simulator.inject({ method: 'POST', url: '/_simulator/wall', payload: payload as object })
    expect((await forward({ forwardMs: WEEK_MS + 1 })).statusCode).toBe(200)
    expect((await refresh(token!)).status).toBe(400)
    expect((await forward({ forwardMs: -1 })).statusCode).toBe(400)
  })
})
