// The probe over a vendor in memory; over the vendors' own wire formats it is tested with the simulators (apps/daemon).
import { type Bar, DAY_US, microsFromIso, type Quote } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import type { CallOptions, IDataProvider, ProviderDefinition, ProviderDeps } from '../contract.ts'
import { type ErrorKind, ProviderError } from '../errors.ts'
import type { ProbeStep } from './findings.ts'
import { PROBE_CALLS_MAX, probeSource } from './probe.ts'

/** A Friday afternoon in New York. */
const NOW = microsFromIso('2026-11-20T15:00:00-05:00')!
const clock = { now: () => NOW }

interface Vendor {
  /** What the vendor does, whatever plan the adapter was made for. */
  delayedMinutes?: number
  ageUs?: number
  fails?: ErrorKind
  failsOn?: 'crypto'
  depthDays?: number
  price?: number | null
  expiresAt?: number
  hangs?: boolean
  callsACall?: number
}

const access = (delayedMinutes: number, historyDays?: number) => ({
  quotes: { delayedMinutes, feed: delayedMinutes ? 'delayed' : 'sip' },
  charts: { delayedMinutes, feed: 'sip', ...(historyDays ? { historyDays } : {}) },
  stream: { delayedMinutes, feed: 'sip' },
})
const capability = {
  quotes: true,
  snapshots: 'list',
  bars: ['1m', '1d'],
  barsBasis: 'raw',
  reference: false,
  corporateActions: null,
  fundamentals: false,
  options: false,
  stream: true,
} as const

function definitionOf(vendor: Vendor, asked: string[] = []): ProviderDefinition {
  const create = (deps: ProviderDeps): IDataProvider => {
    const run = async <T>(what: string, rows: () => T[], call?: CallOptions) => {
      for (let i = 0; i < (vendor.callsACall ?? 1); i++) {
        const grant = await deps.budget!.take({ scope: 'rest', weight: 1, priority: 'user' })
        if (!grant.granted)
          throw new ProviderError('rate_limited', 'spent', { provider: 'acme', origin: 'budget' })
        asked.push(`${deps.tier} ${what}`)
      }
      deps.budget!.learn({ scope: 'rest', limit: 77 })
      if (vendor.hangs) await new Promise((_, reject) => call!.signal!.addEventListener('abort', reject))
      if (vendor.fails && (!vendor.failsOn || what.includes(vendor.failsOn)))
        throw new ProviderError(vendor.fails, `acme said ${vendor.fails}`, { provider: 'acme' })
      return { rows: rows(), dropped: [], missing: [], fetchedAt: NOW, calls: 1 }
    }
    return {
      getName: () => 'acme',
      getCapabilities: () => capabilities,
      getSnapshots: async () => expect.unreachable(),
      getQuotes: (refs, call) =>
        run(
          `quotes ${refs[0]!.assetClass}`,
          () =>
            refs.map(
              (ref): Quote => ({
                ...ref,
                ts: NOW - (vendor.ageUs ?? 1_000_000),
                tsOrigin: 'vendor',
                last: vendor.price === undefined ? 100 : vendor.price,
                bid: null,
                ask: null,
                bidSize: null,
                askSize: null,
                volume: null,
                feed: 'sip',
                delayedMinutes: vendor.delayedMinutes ?? 0,
                currency: 'USD',
              }),
            ),
          call,
        ),
      getBars: ({ ref, timeframe, from }, call) =>
        run(
          `bars ${timeframe} ${Math.round((NOW - from) / DAY_US)}`,
          () => ((NOW - from) / DAY_US <= (vendor.depthDays ?? 1e6) ? [{ ...ref, ts: from } as Bar] : []),
          call,
        ),
      authExpiresAt: () => vendor.expiresAt ?? null,
    }
  }
  const limits = [{ scope: 'rest', kind: 'window', calls: 100, windowMs: 1_000 }] as const
  const capabilities = {
    byAssetClass: { equity: capability, crypto: capability },
    credentials: [],
    snapshotSymbolsMax: null,
    tiers: [
      { name: 'gold', label: 'Gold', access: { equity: access(0), crypto: access(0) }, limits },
      { name: 'silver', label: 'Silver', access: { equity: access(15, 700), crypto: access(0) }, limits },
      {
        name: 'tin',
        label: 'Tin',
        access: { equity: { charts: access(15, 365).charts } },
        limits: [{ scope: 'rest', kind: 'window', calls: 5, windowMs: 60_000 }],
      },
    ],
    defaultTier: 'gold',
  } as const satisfies ProviderDefinition['capabilities']
  return { name: 'acme', label: 'Acme', capabilities, baseUrls: {}, settings: [], create, recordings: [] }
}

const deps = {
  fetch,
  marketClock: clock,
  wallClock: { now: () => Date.now() * 1000 },
  random: () => 0.5,
  timeoutMs: 1_000,
  credentials: {},
}
const probe = (
  vendor: Vendor,
  o: { asked?: string[]; steps?: ProbeStep[]; budget?: ProviderDeps['budget'] } = {},
) =>
  probeSource({
    definition: definitionOf(vendor, o.asked),
    deps: { ...deps, ...(o.budget ? { budget: o.budget } : {}) },
    onStep: (step) => o.steps?.push(step),
    deadlineMs: vendor.hangs ? 30 : undefined,
  })

describe('a probe', () => {
  it('finds the plan, price, depth, limits and expiry, and tells each step twice', async () => {
    const steps: ProbeStep[] = []
    const found = await probe({ expiresAt: 5 }, { steps })
    expect(found).toMatchObject({
      ok: true,
      tier: 'gold',
      tierLabel: 'Gold',
      problem: null,
      expiresAt: 5,
      symbols: null,
    })
    expect(found.limits).toEqual([{ scope: 'rest', calls: 77, windowMs: 1_000 }])
    expect(found.classes[0]).toEqual({
      assetClass: 'equity',
      quotes: 'live',
      feed: 'sip',
      delayedMinutes: 0,
      ageMs: 1_000,
      charts: true,
      historyDays: 7_300,
      minuteDays: 7_298,
      fundamentals: false,
      options: false,
      stream: true,
      sample: { symbol: 'AAPL', last: 100 },
    })
    expect(found.classes[1]).toMatchObject({ assetClass: 'crypto', sample: { symbol: 'BTC-USD', last: 100 } })
    expect(steps.map(({ index, state }) => `${index} ${state}`)).toEqual(
      steps.map((_, i) => `${Math.floor(i / 2) + 1} ${i % 2 ? 'found' : 'asking'}`),
    )
    expect(steps[1]).toMatchObject({ what: 'the price of AAPL', words: 'AAPL 100, live from sip, 1 s old' })
  })

  it('knows a lower plan by its delay, said or only seen in the age of an open market', async () => {
    expect((await probe({ delayedMinutes: 15 })).tier).toBe('silver')
    const seen = await probe({ ageUs: 16 * 60e6 })
    expect(seen).toMatchObject({ tier: 'silver', classes: [{ quotes: 'delayed', delayedMinutes: 15 }, {}] })
    expect((await probe({ ageUs: 60 * 60e6 })).tier).toBe('gold')
  })

  it('knows the lowest by what it refuses, and leaves it most of its few calls', async () => {
    const asked: string[] = []
    const found = await probe({ fails: 'not_entitled', depthDays: 1 }, { asked })
    expect(found).toMatchObject({ ok: false, problem: { kind: 'not_entitled' } })
    expect(asked.length).toBeLessThanOrEqual(4)
    expect(found.tier).toBe('tin')
  })

  it('reaches as far back as the vendor keeps', async () => {
    const found = await probe({ depthDays: 800 })
    expect(found.classes[0]).toMatchObject({ charts: true, historyDays: 365 })
    const none = await probe({ depthDays: 1 })
    expect(none.classes[0]).toMatchObject({ charts: false, historyDays: null })
  })

  it.each(['unauthorized', 'rate_limited', 'invalid_request'] as const)(
    '%s ends it at the first call, with words and a fix',
    async (fails) => {
      const asked: string[] = []
      const found = await probe({ fails }, { asked })
      expect(asked).toEqual(['gold quotes equity'])
      expect(found).toMatchObject({ ok: false, calls: 1, problem: { kind: fails } })
      expect(found.problem!.words).toContain('acme')
      expect(found.classes.map((c) => [c.quotes, c.charts, c.stream])).toEqual([
        ['none', false, false],
        ['none', false, false],
      ])
    },
  )

  it.each(['unavailable', 'malformed'] as const)('%s twice in a row is enough', async (fails) => {
    const found = await probe({ fails })
    expect(found).toMatchObject({ ok: false, calls: 2, problem: { kind: fails } })
  })

  it('what fails for one asset class only is told beside what was found', async () => {
    const found = await probe({ fails: 'malformed', failsOn: 'crypto' })
    expect(found).toMatchObject({ ok: true, tier: 'gold', problem: { kind: 'malformed' } })
    expect(found.classes.map((c) => c.quotes)).toEqual(['live', 'none'])
  })

  it('answers without a price are no answer', async () => {
    const found = await probe({ price: null, depthDays: 0 })
    expect(found).toMatchObject({ ok: false, problem: { kind: 'malformed' } })
  })

  it('never goes beyond its calls, whatever one question costs', async () => {
    const found = await probe({ callsACall: 5 })
    expect(found).toMatchObject({ ok: true, calls: PROBE_CALLS_MAX, problem: null })
    expect(found.classes[1]).toMatchObject({ quotes: 'live', charts: true })
  })

  it('pays the credential’s own budget, and hears its no', async () => {
    let left = 3
    const learned: unknown[] = []
    const budget: ProviderDeps['budget'] = {
      take: async () =>
        left-- > 0
          ? { granted: true, release: () => {} }
          : { granted: false, retryAfterMs: 1, limit: 'rest' },
      learn: (lesson) => learned.push(lesson),
    }
    const found = await probe({}, { budget })
    expect(found).toMatchObject({ ok: true, calls: 3, problem: { kind: 'rate_limited' } })
    expect(learned[0]).toEqual({ scope: 'rest', limit: 77 })
  })

  it('ends at its deadline with what it knows, and with the caller at once', async () => {
    const found = await probe({ hangs: true })
    expect(found).toMatchObject({ ok: false, problem: { kind: 'unavailable' } })
    const gone = new AbortController()
    const asked: string[] = []
    const running = probeSource({
      definition: definitionOf({ hangs: true }, asked),
      deps,
      signal: gone.signal,
      onStep: () => queueMicrotask(() => gone.abort(new Error('gone'))),
    })
    await expect(running).rejects.toThrow('gone')
  })

  it('a credential that the adapter cannot even start with is a problem, not a crash', async () => {
    const definition = definitionOf({})
    const create = () => {
      throw new ProviderError('invalid_request', 'clientId is a number', { provider: 'acme' })
    }
    const found = await probeSource({ definition: { ...definition, create }, deps })
    expect(found).toMatchObject({
      ok: false,
      calls: 0,
      expiresAt: null,
      problem: { kind: 'invalid_request' },
    })
  })
})
