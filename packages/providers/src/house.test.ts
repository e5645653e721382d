import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { IDataProvider, ProviderDefinition, ProviderDeps } from './contract.ts'
import { openHouse } from './house.ts'
import { houseSettings, secretsOf, simulatedSettings } from './house-settings.ts'
import { registry } from './registry.ts'
import { clockAt } from './testing-server.ts'

const created: ProviderDeps[] = []
const acme: ProviderDefinition = {
  name: 'acme',
  label: 'Acme',
  capabilities: {
    byAssetClass: {},
    credentials: ['keyId', 'secret'],
    snapshotSymbolsMax: null,
    tiers: [
      { name: 'paid', label: 'Paid', access: {}, limits: [] },
      { name: 'free', label: 'Free', access: {}, limits: [] },
    ],
    defaultTier: 'free',
  },
  baseUrls: { rest: 'https://acme.example', stream: 'wss://acme.example' },
  settings: [
    { env: 'ACME_KEY_ID', role: 'credential', field: 'keyId', label: 'Key id' },
    { env: 'ACME_SECRET', role: 'credential', field: 'secret', label: 'Secret', secret: true },
    { env: 'ACME_TIER', role: 'tier', field: 'tier', label: 'Plan' },
    { env: 'ACME_BASE_URL', role: 'baseUrl', field: 'rest', label: 'Address of the API' },
    { env: 'ACME_STREAM_URL', role: 'baseUrl', field: 'stream', label: 'Address of the stream' },
  ],
  create: (deps) => {
    created.push(deps)
    return { getName: () => 'acme' } as unknown as IDataProvider
  },
  recordings: [],
}

const open = (settings: Record<string, string>, mode: 'demo' | 'live' = 'live') => {
  const clock = clockAt('2026-11-18T15:00:00Z')
  const deps = { fetch, marketClock: clock, wallClock: clock, random: () => 0.5, timeoutMs: 1_000 }
  const budgetFor = (id: string) => ({ id }) as never
  return openHouse({ definitions: [acme], settings, mode, deps: { ...deps, budgetFor } })[0]!
}
const KEYS = { ACME_KEY_ID: 'k', ACME_SECRET: 's3cret' }
const ADDRESSES = { ACME_BASE_URL: 'http://127.0.0.1:1/acme', ACME_STREAM_URL: 'ws://127.0.0.1:1/acme/ws' }

describe("the house's sources", () => {
  it('are connected with what their settings name', () => {
    created.length = 0
    expect(open({ ...KEYS, ...ADDRESSES, ACME_TIER: 'paid' })).toMatchObject({
      name: 'acme',
      owner: 'house',
      state: 'connected',
      message: null,
      tier: 'paid',
      credentialId: 'acme:house',
    })
    expect(created[0]).toMatchObject({
      credentials: { keyId: 'k', secret: 's3cret' },
      baseUrls: { rest: ADDRESSES.ACME_BASE_URL, stream: ADDRESSES.ACME_STREAM_URL },
      tier: 'paid',
      budget: { id: 'acme:house' },
    })
  })

  it('say by name what they lack, an empty setting included', () => {
    expect(open({ ACME_SECRET: '' })).toMatchObject({
      provider: null,
      state: 'not_connected',
      message: 'needs ACME_KEY_ID and ACME_SECRET',
      tier: 'free',
    })
  })

  it('are never asked at a real address in demo', () => {
    const { ACME_STREAM_URL: _, ...some } = ADDRESSES
    expect(open({ ...KEYS, ...some }, 'demo')).toMatchObject({
      provider: null,
      message: 'needs ACME_STREAM_URL',
    })
    expect(open({ ...KEYS, ...ADDRESSES }, 'demo').state).toBe('connected')
    expect(open(KEYS, 'live').state).toBe('connected')
  })
})

describe("the house's settings", () => {
  const schema = z.object(houseSettings([acme]))
  it('are checked, all optional, each with a word of explanation', () => {
    expect(schema.parse({})).toEqual({})
    expect(schema.safeParse({ ACME_TIER: 'gold' }).error?.issues[0]?.message).toBe('is not one of paid, free')
    expect(schema.safeParse({ ACME_BASE_URL: 'ftp://x' }).success).toBe(false)
    expect(schema.parse({ ...KEYS, ...ADDRESSES })).toEqual({ ...KEYS, ...ADDRESSES })
    for (const field of Object.values(schema.shape)) expect(field.description).toMatch(/^Acme: \w{3}/)
  })

  it('tell which values are secret', () => {
    expect(secretsOf([acme], KEYS)).toEqual(['s3cret'])
  })

  it('of a simulated vendor are its addresses and a credential that any simulation takes', () => {
    const settings = simulatedSettings([acme], { acme: { rest: 'http://x/acme', stream: 'ws://x/acme/ws' } })
    expect(settings).toEqual({
      ACME_KEY_ID: 'demo-key',
      ACME_SECRET: 'demo-key',
      ACME_BASE_URL: 'http://x/acme',
      ACME_STREAM_URL: 'ws://x/acme/ws',
    })
    expect(open(settings, 'demo').state).toBe('connected')
    expect(simulatedSettings([acme], {})).toEqual({})
  })

  it('of all registered vendors have names of their own, and connect them all', () => {
    const names = registry.definitions.flatMap((d) => d.settings.map((s) => s.env))
    expect(new Set(names).size).toBe(names.length)
    for (const { name, capabilities, baseUrls, settings } of registry.definitions) {
      const of = (role: string) => settings.filter((s) => s.role === role).map((s) => s.field)
      expect(of('credential'), name).toEqual(expect.arrayContaining([...capabilities.credentials]))
      expect(of('baseUrl'), name).toEqual(expect.arrayContaining(Object.keys(baseUrls)))
    }
  })
})
