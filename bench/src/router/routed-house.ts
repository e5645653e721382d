// For the router's bench: all registered vendors as the house's sources, on addresses given, and a router over them.
import {
  type BudgetPort,
  createHealthBoard,
  createRouter,
  type HealthPort,
  openHouse,
  type ProviderDefinition,
  type RoutedSource,
  type Router,
  simulatedSettings,
} from '@onetape/providers'
import type { Endpoints } from '@onetape/simulator'

/** Real time with microseconds. */
export const wallClock = {
  now: () => Math.round((performance.timeOrigin + performance.now()) * 1000),
}

const noStore: HealthPort = {
  read: async () => [],
  write: async () => {},
  claimProbe: async () => true,
}

export interface RoutedHouse extends AsyncDisposable {
  router: Router
  sources: readonly RoutedSource[]
  health: ReturnType<typeof createHealthBoard>
  source(name: string): RoutedSource
}

export function routedHouse(o: {
  definitions: readonly ProviderDefinition[]
  endpoints: Endpoints
  marketClock: { now(): number }
  order?: { primary: string; fallbacks: readonly string[] }
  budget?: BudgetPort
}): RoutedHouse {
  const { definitions, endpoints, marketClock, order = null, budget } = o
  const sources = openHouse({
    definitions,
    settings: simulatedSettings(definitions, endpoints),
    mode: 'demo',
    deps: { fetch, marketClock, wallClock, random: Math.random, timeoutMs: 5_000 },
  })
  const health = createHealthBoard({ port: noStore, wallClock })
  const router = createRouter({
    sources: { forUser: () => sources },
    preferences: { order: () => order },
    health,
    budget,
    marketClock,
    wallClock,
  })
  return {
    router,
    sources,
    health,
    source: (name) => sources.find((s) => s.name === name)!,
    async [Symbol.asyncDispose]() {
      for (const { provider } of sources) await provider?.close?.().catch(() => {})
    },
  }
}
