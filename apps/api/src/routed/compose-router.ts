// The router in this process: the house's sources and those of the users, breakers and budgets shared with the daemon
// through the database.
import { createBudgetBook, createHealthStore, type Db, declareBudgets, type KeyRing } from '@onetape/db'
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
import { type ComposedMine, composeMine } from '../mine/compose-mine.ts'
import type { Mine } from '../mine/mine.ts'
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
  /** Absent: users' credentials can be neither kept nor read. */
  keys?: KeyRing | undefined
  quotes: Pick<LiveQuotes, 'quote' | 'latest' | 'cursor'>
  wallClock: Clock
  marketClock: Clock
  onProblem(error: unknown): void
}

export interface Routed extends AsyncDisposable {
  reads: RoutedReads
  mine: Mine
  /** Another process moved a breaker. */
  healthChanged(): void
  /** Something of a user's was written, here or elsewhere. @param payload of a note on `USER_CHANNEL`. */
  userChanged(payload: string): void
  /** Notes may have been missed. */
  usersMayHaveChanged(): void
  /** Ends the streams of changes. */
  endChanges(): void
  /** Gives the demo user sources of their own, once. */
  seedDemo(userId: string): Promise<void>
}

const REQUEST_TIMEOUT_MS = 10_000
const HEALTH_REFRESH_MS = 5_000

export function composeRouter(o: RoutedOptions): Routed {
  const { db, wallClock, marketClock } = o
  const { definitions } = registry
  const budgets = createBudgetBook(db, wallClock)
  const vendorDeps = { fetch, marketClock, wallClock, random: Math.random, timeoutMs: REQUEST_TIMEOUT_MS }
  const house = openHouse({
    definitions,
    settings: o.settings,
    mode: o.mode,
    deps: { ...vendorDeps, budgetFor: (credentialId) => budgets.forCredential(credentialId) },
  })
  const health = createHealthBoard({ port: createHealthStore(db), wallClock, onProblem: o.onProblem })
  const book = createInstrumentBook(db, { wallClock, marketClock })
  const owned = composeMine({ ...o, definitions, house, budgets, health, book, vendorDeps })
  const calls = createCallLog({ db, isOwn: (userId, source) => owned.isOwn(userId, source) })
  const router = createRouter({
    sources: owned.sources,
    preferences: owned.preferences,
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
  void declare(db, house).catch(o.onProblem)
  const providers = async (userId: string | null) => {
    const sources = await owned.sources.forUser(userId)
    return await providersReport({ db, registry, sources, userId, budgets, wallClock, marketClock })
  }
  return {
    reads: routedReads({ db, router, book, calls, quotes: o.quotes, marketClock, providers }),
    ...doorsOf(owned),
    healthChanged: refresh,
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await Promise.allSettled([
        health.flush(),
        calls[Symbol.asyncDispose](),
        owned[Symbol.asyncDispose](),
        ...house.map((s) => s.provider?.close?.()),
      ])
    },
  }
}

const doorsOf = (owned: ComposedMine) => ({
  mine: owned.mine,
  userChanged: (payload: string) => owned.userChanged(payload),
  usersMayHaveChanged: () => owned.usersMayHaveChanged(),
  endChanges: () => owned.endChanges(),
  seedDemo: (userId: string) => owned.seedDemo(userId),
})

/** Said by every process at its start, the same by all. */
async function declare(db: Db, sources: readonly RoutedSource[]): Promise<void> {
  for (const { provider, tier, credentialId } of sources) {
    if (provider) await declareBudgets(db, credentialId, tierOf(provider.getCapabilities(), tier).limits)
  }
}
