// The house as the daemon asks it: its sources, their breakers and budgets shared with the other processes, and the
// record of what was asked.
import { createBudgetBook, createHealthStore, type Db, declareBudgets } from '@onetape/db'
import type { Clock } from '@onetape/market'
import {
  createHealthBoard,
  openHouse,
  type ProviderDefinition,
  type RoutedSource,
  tierOf,
} from '@onetape/providers'
import type { Env } from './env.ts'
import { createAbsentSymbols } from './ingest/absent-symbols.ts'
import type { House } from './ingest/ask-source.ts'
import { createCallLog } from './ingest/call-log.ts'
import { createSourceStates, type SourceStatesOptions } from './ingest/source-states.ts'

const REQUEST_TIMEOUT_MS = 15_000

export interface HouseOptions {
  env: Env
  definitions: readonly ProviderDefinition[]
  db: Db
  wall: Clock
  market: Clock
  fetch: typeof fetch
  onChange: SourceStatesOptions['onChange']
  /** Health or budgets cannot be shared for now; what is known goes on being used. */
  onProblem?: (error: unknown) => void
}

export async function createHouse(o: HouseOptions): Promise<House> {
  const { db, wall, market } = o
  const budgets = createBudgetBook(db, wall)
  const routed = openHouse({
    definitions: o.definitions,
    settings: o.env.vendors,
    mode: o.env.ONETAPE_MODE,
    deps: {
      fetch: o.fetch,
      marketClock: market,
      wallClock: wall,
      random: Math.random,
      timeoutMs: REQUEST_TIMEOUT_MS,
      budgetFor: (credentialId) => budgets.forCredential(credentialId),
    },
  })
  await declare(db, routed)
  const health = createHealthBoard({ port: createHealthStore(db), wallClock: wall, onProblem: o.onProblem })
  await health.refresh()
  return assembleHouse({ routed, health, market, calls: createCallLog(db), wall, onChange: o.onChange })
}

/** The parts put together; tests bring their own. */
export function assembleHouse(
  o: Pick<House, 'health' | 'calls'> & {
    routed: readonly RoutedSource[]
    wall: Clock
    market: Clock
    onChange: SourceStatesOptions['onChange']
  },
): House {
  const { routed, health, calls, market, onChange } = o
  return {
    sources: new Map(
      routed.flatMap(({ name, provider, tier }) => (provider ? [[name, { name, provider, tier }]] : [])),
    ),
    health,
    states: createSourceStates({ routed, health, market, onChange }),
    calls,
    absent: createAbsentSymbols(o.wall),
    wall: o.wall,
  }
}

/** Said by every process at its start, the same by all. */
async function declare(db: Db, routed: readonly RoutedSource[]): Promise<void> {
  for (const { provider, tier, credentialId } of routed) {
    if (provider) await declareBudgets(db, credentialId, tierOf(provider.getCapabilities(), tier).limits)
  }
}
