// Probes of credentials over the vendors' own wire formats: what each of the seven simulated vendors shows of itself.
import { DAY_US, instantInZone, SECOND_US } from '@onetape/market'
import { type ProbeFindings, type ProbeStep, probeSource, proposePlaces, registry } from '@onetape/providers'
import { type Simulator, startSimulator } from '@onetape/simulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { runningClock } from './clocks.ts'

const noon = instantInZone('2026-11-18', 12 * 3_600_000, 'America/New_York')
const clock = runningClock(noon)
const CALLS_MAX = 12

let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator({ clock })
})
afterAll(() => simulator.close())
beforeEach(calm)

/** No faults, and nothing counted: vendors that count by second see every probe as the first. */
function calm() {
  simulator.faults.clear()
  simulator.quotas.clear()
}

const wallClock = { now: () => Date.now() * 1000 }

interface How {
  baseUrls?: Record<string, string>
  steps?: ProbeStep[]
  timeoutMs?: number
}

async function probe(
  name: string,
  credentials: Record<string, string>,
  how: How = {},
): Promise<ProbeFindings> {
  const { baseUrls = simulator.endpoints[name], steps, timeoutMs = 8_000 } = how
  const before = simulator.requestsAfter(0).at(-1)?.id ?? 0
  const findings = await probeSource({
    definition: registry.get(name),
    deps: { fetch, marketClock: clock, wallClock, random: Math.random, timeoutMs, baseUrls, credentials },
    onStep: (step) => steps?.push(step),
  })
  // The judge of what it claims to have called is who was called.
  const seen = simulator
    .requestsAfter(before)
    .filter((r) => r.vendor === name && !/^TWS (71|1 cancel)/.test(r.path))
  expect(findings.calls).toBeLessThanOrEqual(CALLS_MAX)
  if (name !== 'ibkr')
    expect(findings.calls).toBe(baseUrls === simulator.endpoints[name] ? seen.length : findings.calls)
  return findings
}

const classOf = (findings: ProbeFindings, assetClass: string) =>
  findings.classes.find((each) => each.assetClass === assetClass)!

const APP = { clientId: 'my-app', clientSecret: 'my-secret' }

describe('the plan behind the credentials', () => {
  it.each([
    ['polygon', { apiKey: 'mine' }, 'advanced', 'live', 'sip'],
    ['polygon', { apiKey: 'developer-1' }, 'developer', 'delayed', 'delayed'],
    ['polygon', { apiKey: 'starter-1' }, 'starter', 'delayed', 'delayed'],
    ['alpaca', { keyId: 'mine', secretKey: 's' }, 'sip_paid', 'live', 'sip'],
    ['alpaca', { keyId: 'free-1', secretKey: 's' }, 'iex_free', 'live', 'iex'],
    ['yahoo', {}, 'public', 'live', 'yahoo'],
    ['schwab', { ...APP, refreshToken: 'R0.mine@' }, 'realtime', 'live', 'sip'],
    ['schwab', { ...APP, refreshToken: 'delayed@' }, 'delayed', 'delayed', 'delayed'],
    ['ibkr', { clientId: '11' }, 'live', 'live', 'smart'],
  ])('%s with %o is %s', async (name, credentials, tier, quotes, feed) => {
    const findings = await probe(name, credentials as Record<string, string>)
    expect(findings).toMatchObject({ ok: true, tier, problem: null })
    const equity = classOf(findings, 'equity')
    expect(equity).toMatchObject({
      quotes,
      feed,
      charts: true,
      stream: true,
      delayedMinutes: quotes === 'live' ? 0 : 15,
    })
    expect(equity.sample!.symbol).toBe('AAPL')
    expect(equity.sample!.last).toBeGreaterThan(1)
    expect(equity.ageMs).toBeGreaterThan(quotes === 'live' ? -1 : 14 * 60_000)
    expect(equity.ageMs).toBeLessThan(quotes === 'live' ? 60_000 : 20 * 60_000)
    expect(equity.historyDays).toBeGreaterThan(tier === 'starter' ? 1_700 : 3_500)
    expect(equity.historyDays).toBeLessThan(tier === 'starter' ? 1_830 : 7_301)
  })

  it('polygon’s free one has bars and no prices, and is left most of its five calls', async () => {
    const findings = await probe('polygon', { apiKey: 'free-1' })
    expect(findings).toMatchObject({ ok: true, tier: 'free', problem: null })
    expect(findings.calls).toBeLessThanOrEqual(4)
    expect(classOf(findings, 'equity')).toMatchObject({ quotes: 'not_entitled', charts: true, stream: false })
    expect(classOf(findings, 'equity').historyDays).toBeGreaterThan(700)
    expect(findings.limits).toEqual([{ scope: 'rest', calls: 5, windowMs: 60_000 }])
  })

  it('coinbase and oanda have one, and say how much they list', async () => {
    const coinbase = await probe('coinbase', {})
    expect(coinbase).toMatchObject({ ok: true, tier: 'public', symbols: expect.any(Number) })
    expect(classOf(coinbase, 'crypto')).toMatchObject({ quotes: 'live', sample: { symbol: 'BTC-USD' } })
    const oanda = await probe('oanda', { token: 'mine', accountId: '101-001-1-001' })
    expect(oanda).toMatchObject({ ok: true, tier: 'account', symbols: expect.any(Number) })
    expect(classOf(oanda, 'fx')).toMatchObject({
      quotes: 'live',
      charts: true,
      sample: { symbol: 'EUR-USD' },
    })
  })

  it('what else it opens: options, company figures, the vendor’s list, limits as its headers have them', async () => {
    const polygon = await probe('polygon', { apiKey: 'mine' })
    expect(polygon.symbols).toBeGreaterThan(8_000)
    expect(classOf(polygon, 'equity')).toMatchObject({ options: true, fundamentals: true })
    expect(classOf(polygon, 'option')).toMatchObject({
      quotes: 'live',
      feed: 'opra',
      sample: expect.anything(),
    })
    const alpaca = await probe('alpaca', { keyId: 'free-2', secretKey: 's' })
    expect(alpaca.limits).toEqual([{ scope: 'rest', calls: 200, windowMs: 60_000 }])
    expect(classOf(alpaca, 'equity')).toMatchObject({ fundamentals: false, options: true })
    expect(classOf(alpaca, 'option')).toMatchObject({ quotes: 'delayed', feed: 'indicative' })
    expect(classOf(await probe('schwab', { ...APP, refreshToken: 'R0.x@' }), 'equity').fundamentals).toBe(
      true,
    )
  })

  it('a sign-in says when it ends, where it is known when it was', async () => {
    const refreshTokenIssuedAt = new Date(Date.now() - 86_400_000).toISOString()
    const findings = await probe('schwab', { ...APP, refreshToken: 'R0.y@', refreshTokenIssuedAt })
    expect(Math.abs(findings.expiresAt! - (wallClock.now() + 6 * DAY_US))).toBeLessThan(60 * SECOND_US)
    expect((await probe('polygon', { apiKey: 'starter-2' })).expiresAt).toBeNull()
  })
})

describe('what stands in the way', () => {
  it.each([
    ['polygon', { apiKey: 'wrong' }, 'the API key'],
    ['alpaca', { keyId: 'wrong', secretKey: 's' }, 'the key id and the secret key'],
    ['alpaca', { keyId: 'k', secretKey: 'wrong' }, 'the key id and the secret key'],
    ['oanda', { token: 'wrong', accountId: '101' }, 'the personal access token'],
    ['schwab', { clientId: 'wrong', clientSecret: 's', refreshToken: 'R0' }, 'the app key'],
    ['schwab', { ...APP, refreshToken: 'expired-1' }, 'has run out'],
    ['alpaca', {}, 'the key id'],
  ])('%s refuses %o in one call', async (name, credentials, words) => {
    const findings = await probe(name, credentials as Record<string, string>)
    expect(findings).toMatchObject({ ok: false, problem: { kind: 'unauthorized' } })
    expect(findings.calls).toBeLessThanOrEqual(1)
    expect(findings.problem!.words).toContain(words)
    expect(findings.problem!.fix).toMatch(/^(Copy|Make|Sign in)/)
    const told = JSON.stringify(findings)
    for (const secret of Object.values(credentials).filter((value) => value.length > 3 && value !== 'wrong'))
      expect(told).not.toContain(secret)
  })

  it('another’s account opens candles and no prices: no source yet', async () => {
    const findings = await probe('oanda', { token: 'mine', accountId: 'wrong-1' })
    expect(findings).toMatchObject({ ok: false, problem: { kind: 'not_entitled' } })
    expect(findings.problem!.fix).toContain('account id')
  })

  it.each(['polygon', 'alpaca', 'yahoo', 'coinbase', 'oanda', 'schwab'])(
    '%s that is away or answers nonsense',
    async (name) => {
      const credentials = {
        apiKey: 'k',
        keyId: 'k',
        secretKey: 's',
        token: 't',
        accountId: '1',
        ...APP,
        refreshToken: 'R',
      }
      simulator.faults.add({ vendor: name as 'yahoo', kind: 'cut' })
      const away = await probe(name, credentials)
      expect(away).toMatchObject({ ok: false, problem: { kind: 'unavailable' } })
      expect(away.problem!.fix).toContain('Nothing is wrong with the key')
      calm()
      simulator.faults.add({ vendor: name as 'yahoo', kind: 'rate_limited', retryAfterS: 60 })
      expect(await probe(name, credentials)).toMatchObject({ ok: false, problem: { kind: 'rate_limited' } })
      calm()
      simulator.faults.add({ vendor: name as 'yahoo', kind: 'truncated_page', on: 'request' })
      const odd = await probe(name, credentials)
      // Half of Yahoo's crumb is a crumb that it does not know.
      expect([odd.ok, odd.problem?.kind]).toEqual([false, name === 'yahoo' ? 'unauthorized' : 'malformed'])
    },
  )

  it('a gateway that is not there', async () => {
    const findings = await probe('ibkr', {}, { baseUrls: { tws: 'tcp://127.0.0.1:9' }, timeoutMs: 500 })
    expect(findings).toMatchObject({ ok: false, problem: { kind: 'unavailable' } })
    expect(findings.problem!.fix).toContain('IB Gateway')
    const odd = await probe('ibkr', { clientId: 'one' })
    expect(odd).toMatchObject({ ok: false, calls: 0, problem: { kind: 'invalid_request' } })
  })
})

it('tells each step as it goes', async () => {
  const steps: ProbeStep[] = []
  await probe('coinbase', {}, { steps })
  expect(steps.slice(0, 2)).toEqual([
    { index: 1, what: 'the price of BTC-USD', state: 'asking', words: null },
    { index: 1, what: 'the price of BTC-USD', state: 'found', words: expect.stringMatching(/^BTC-USD \d/) },
  ])
})

it('a place follows from what was found', async () => {
  const findings = await probe('alpaca', { keyId: 'free-3', secretKey: 's' })
  const places = proposePlaces({ findings, name: 'alpaca:2', sources: [], orders: [] })
  expect(places.map(({ kind, assetClass }) => `${kind}/${assetClass}`)).toEqual([
    'quotes/all',
    'charts/all',
    'options/all',
  ])
})

describe('a person who signs in at the vendor', () => {
  const redirectUri = 'http://127.0.0.1:4900/api/oauth/callback'
  const app = { clientId: 'team-app', clientSecret: 'team-secret' }
  const deps = {
    fetch,
    marketClock: clock,
    wallClock,
    random: Math.random,
    timeoutMs: 8_000,
    credentials: app,
  }
  const signIn = registry.get('schwab').signIn!
  const baseUrls = () => simulator.endpoints.schwab!

  async function allow(): Promise<string> {
    const url = signIn.authorizeUrl({ baseUrls: baseUrls(), credentials: app, redirectUri, state: 'st' })
    const { headers } = await fetch(url, { redirect: 'manual' })
    const back = new URL(headers.get('location')!).searchParams
    expect(back.get('state')).toBe('st')
    return back.get('code')!
  }

  it('comes back with a code that opens everything for seven days, once', async () => {
    const code = await allow()
    const given = { ...deps, baseUrls: baseUrls() }
    const { credentials, expiresAt } = await signIn.exchange(given, { code, redirectUri })
    expect(Math.abs(expiresAt! - wallClock.now() - 7 * DAY_US)).toBeLessThan(60 * SECOND_US)
    expect(await probe('schwab', credentials)).toMatchObject({ ok: true, tier: 'realtime', expiresAt })
    await expect(signIn.exchange(given, { code, redirectUri })).rejects.toMatchObject({
      kind: 'unauthorized',
    })
    simulator.forwardWall(8 * 86_400_000)
    const late = await probe('schwab', credentials)
    expect(late).toMatchObject({
      ok: false,
      problem: { words: 'The sign-in at Charles Schwab has run out.' },
    })
  })
})
