// Run by Node on a copy of packages/providers that has the eighth vendor: routes, meters and explains it, tells as JSON.
// node drive.ts ENTRY ADDRESS
import { pathToFileURL } from 'node:url'
import type * as Providers from '@onetape/providers'

const [entry = '', address = ''] = process.argv.slice(2)
const { createHealthBoard, createRouter, houseSettings, openHouse, registry } = (await import(
  pathToFileURL(entry).href
)) as typeof Providers

const clock = { now: () => Date.now() * 1000 }
const taken: { credentialId: string; scope: string; priority: string }[] = []
const settings = { TINY_API_KEY: 'secret-key', TINY_BASE_URL: address }
const sources = openHouse({
  definitions: registry.definitions,
  settings,
  mode: 'demo',
  deps: {
    fetch,
    marketClock: clock,
    wallClock: clock,
    random: Math.random,
    timeoutMs: 2_000,
    budgetFor: (credentialId) => ({
      take: async ({ scope, priority }) => {
        taken.push({ credentialId, scope, priority })
        return { granted: true, release: () => {} }
      },
      learn: () => {},
    }),
  },
})
const health = createHealthBoard({
  port: { read: async () => [], write: async () => {}, claimProbe: async () => true },
  wallClock: clock,
})
const router = createRouter({
  sources: { forUser: () => sources },
  preferences: { order: () => null },
  health,
  marketClock: clock,
  wallClock: clock,
})
const ref = { assetClass: 'equity', symbol: 'AAPL' } as const
const decision = await router.explain({ userId: null, need: 'quote', ref })
const takenByExplain = taken.length
const { rows, attempts } = await router.quotes({ userId: null, refs: [ref] })

console.log(
  JSON.stringify({
    names: registry.names,
    settings: Object.keys(houseSettings(registry.definitions)).filter((name) => name.startsWith('TINY')),
    decision,
    takenByExplain,
    quote: rows[0]!.value,
    receipt: rows[0]!.receipt,
    attempts,
    taken,
    health: health.states(),
  }),
)
