// The router in this process: the house's sources, breakers and budgets shared with the daemon through the database.
import {
  asUser,
  createBudgetBook,
  createHealthStore,
  type Db,
  declareBudgets,
  readPreference,
} from '@onetape/db'
import type { Clock } from '@onetape/market'
import {
  createHealthBoard,
  createRouter,
  type HouseSettings,
  openHouse,
  type RoutedSource,
  registry,
  tierOf,
} from '@onetape/providers'
import type { LiveQuotes } from '../ports.ts'
import { createCallLog } from './call-log.ts'
import { createInstrumentBook } from './instrument-book.ts'
import { providersReport } from './providers-report.ts'
import type { RoutedReads } from './reports.ts'
import { routedReads } from './routed-reads.ts'
import { tapePort } from './tape-port.ts'

export interface RoutedOptions {
  db: Db
  mode: 'demo' | 'live'
  settings: HouseSettings
  quotes: Pick<LiveQuotes, 'quote' | 'latest'>
  wallClock: Clock
  marketClock: Clock
  onProblem(error: unknown): void
}

export interface Routed extends AsyncDisposable {
  reads: RoutedReads
  /** Another process moved a breaker. */
  healthChanged(): void
}

const REQUEST_TIMEOUT_MS = 10_000
const HEALTH_REFRESH_MS = 5_000

export function composeRouter(o: RoutedOptions): Routed {
  const { db, wallClock, marketClock } = o
  const budgets = createBudgetBook(db, wallClock)
  const sources = openHouse({
    definitions: registry.definitions,
    settings: o.settings,
    mode: o.mode,
    deps: {
      fetch,
      marketClock,
      wallClock,
      random: Math.random,
      timeoutMs: REQUEST_TIMEOUT_MS,
      budgetFor: (credentialId) => budgets.forCredential(credentialId),
    },
  })
  const health = createHealthBoard({ port: createHealthStore(db), wallClock, onProblem: o.onProblem })
  const book = createInstrumentBook(db, { wallClock, marketClock })
  const calls = createCallLog(db)
  const router = createRouter({
    sources: { forUser: () => sources },
    preferences: {
      order: (userId, kind, assetClass) =>
        userId === null ? null : asUser(db, userId, (tx) => readPreference(tx, { kind, assetClass })),
    },
    health,
    budget: budgets,
    tape: tapePort({ db, book, quotes: o.quotes, marketClock }),
    marketClock,
    wallClock,
    onDefect: o.onProblem,
  })
  const refresh = () => void health.refresh().catch(o.onProblem)
  const timer = setInterval(refresh, HEALTH_REFRESH_MS)
  timer.unref()
  refresh()
  void declare(db, sources).catch(o.onProblem)
  const providers = () => providersReport({ db, registry, sources, budgets, wallClock, marketClock })
  return {
    reads: routedReads({ db, router, book, calls, quotes: o.quotes, marketClock, providers }),
    healthChanged: refresh,
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await Promise.allSettled([
        health.flush(),
        calls[Symbol.asyncDispose](),
        ...sources.map((s) => s.provider?.close?.()),
      ])
    },
  }
}

/** Said by every process at its start, the same by all. */
async function declare(db: Db, sources: readonly RoutedSource[]): Promise<void> {
  for (const { provider, tier, credentialId } of sources) {
    if (provider) await declareBudgets(db, credentialId, tierOf(provider.getCapabilities(), tier).limits)
  }
}
