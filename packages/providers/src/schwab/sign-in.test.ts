import { DAY_US } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import type { ProviderDeps } from '../contract.ts'
import type { ProviderError } from '../errors.ts'
import { wordsOf } from '../probe/words.ts'
import { at, clockAt, testVendor } from '../testing-server.ts'
import { schwab } from './index.ts'

const NOW = '2026-02-25T15:00:30Z'
const app = { clientId: 'app-key-1', clientSecret: 'app-secret-1' }
const redirectUri = 'https://127.0.0.1:4900/api/oauth/callback'
const deps = (url: string, credentials: Record<string, string> = app): ProviderDeps => ({
  fetch,
  marketClock: clockAt('2020-01-01T00:00:00Z'),
  wallClock: clockAt(NOW),
  random: () => 0.5,
  timeoutMs: 2000,
  baseUrls: { rest: url },
  credentials,
})
const signIn = schwab.signIn!

describe('where the browser goes', () => {
  it('carries the app, the way back and the state, and no secret', () => {
    const url = new URL(signIn.authorizeUrl({ credentials: app, redirectUri, state: 'a b&c=d' }))
    expect(url.origin + url.pathname).toBe('https://api.schwabapi.com/v1/oauth/authorize')
    expect(Object.fromEntries(url.searchParams)).toEqual({
      response_type: 'code',
      client_id: 'app-key-1',
      redirect_uri: redirectUri,
      state: 'a b&c=d',
    })
    expect(url.href).not.toContain('app-secret-1')
  })

  it('is where the house says, below its path', () => {
    const baseUrls = { rest: 'http://127.0.0.1:9/schwab' }
    const url = signIn.authorizeUrl({ baseUrls, credentials: app, redirectUri, state: 's' })
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:9\/schwab\/v1\/oauth\/authorize\?/)
  })

  it('needs the whole app', () => {
    const asked = () => signIn.authorizeUrl({ credentials: { clientId: 'x' }, redirectUri, state: 's' })
    expect(asked).toThrow(/needs an app/)
    expect(signIn.appFields).toEqual(['clientId', 'clientSecret'])
  })
})

describe('the code', () => {
  it('becomes credentials that last seven days of wall time, with which the provider starts', async () => {
    await using vendor = await testVendor(() => ({
      body: { access_token: 'access-1', expires_in: 1800, refresh_token: 'refresh-9' },
    }))
    const done = await signIn.exchange(deps(vendor.url), { code: 'C0.abc@', redirectUri })
    const [request] = vendor.seen
    expect([request!.method, request!.path]).toEqual(['POST', '/v1/oauth/token'])
    expect(Object.fromEntries(new URLSearchParams(request!.body))).toEqual({
      grant_type: 'authorization_code',
      code: 'C0.abc@',
      redirect_uri: redirectUri,
    })
    expect(request!.headers.authorization).toBe(`Basic ${btoa('app-key-1:app-secret-1')}`)
    expect(done.expiresAt).toBe(at(NOW) + 7 * DAY_US)
    expect(done.credentials).toEqual({
      ...app,
      refreshToken: 'refresh-9',
      refreshTokenIssuedAt: '2026-02-25T15:00:30.000000Z',
    })
    expect(schwab.create(deps(vendor.url, done.credentials)).authExpiresAt!()).toBe(done.expiresAt)
  })

  it.each([
    [400, { error: 'invalid_grant', error_description: 'code C0.abc@ expired' }],
    [400, { error: 'invalid_request', error_description: 'Invalid authorization code' }],
    [400, 'no json'],
  ])('that is no good (%i) says so once, and what to do', async (status, body) => {
    await using vendor = await testVendor(() => ({ status, body }))
    const error: ProviderError = await signIn
      .exchange(deps(vendor.url), { code: 'C0.abc@', redirectUri })
      .then(
        () => expect.unreachable(),
        (e) => e,
      )
    expect([error.kind, vendor.seen.length]).toEqual(['unauthorized', 1])
    expect(error.message).toContain('sign in again')
    expect(error.message).not.toContain('C0.abc@')
    expect(wordsOf(error).fix).toContain('Sign in')
  })

  it('of an unknown app is the app’s fault; a vendor that is away is nobody’s', async () => {
    await using unknown = await testVendor(() => ({ status: 401, body: { error: 'invalid_client' } }))
    const code = { code: 'C0.abc@', redirectUri }
    const wrongApp: ProviderError = await signIn.exchange(deps(unknown.url), code).catch((e) => e)
    expect(wrongApp).toMatchObject({ kind: 'unauthorized' })
    expect(wordsOf(wrongApp).words).toContain('app key')
    await using down = await testVendor(() => ({ status: 503 }))
    await expect(signIn.exchange(deps(down.url), code)).rejects.toMatchObject({ kind: 'unavailable' })
    await using odd = await testVendor(() => ({ body: { access_token: 'x' } }))
    await expect(signIn.exchange(deps(odd.url), code)).rejects.toMatchObject({ kind: 'malformed' })
  })
})
