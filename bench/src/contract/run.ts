// Cards on stages: the providers side by side, the cards of one after the other.
import type { ProviderDefinition } from '@onetape/providers'
import { startSimulator } from '@onetape/simulator'
import type { Card, CardResult } from './card.ts'
import { accessCards } from './cards/access.ts'
import { barCards } from './cards/bars.ts'
import { faultCards } from './cards/faults.ts'
import { meteringCards } from './cards/metering.ts'
import { priceCards } from './cards/prices.ts'
import { referenceCards } from './cards/reference.ts'
import { streamCards } from './cards/streams.ts'
import { MARKET_START, openStage } from './stage.ts'

export const cards: readonly Card[] = [
  ...accessCards,
  ...priceCards,
  ...barCards,
  ...faultCards,
  ...meteringCards,
  ...streamCards,
  ...referenceCards,
]

export interface ContractReport {
  cards: { id: number; title: string }[]
  providers: { provider: string; results: CardResult[] }[]
}

export interface ContractOptions {
  definitions: readonly ProviderDefinition[]
  /** Ids; all when absent. */
  cards?: readonly number[]
  onCard?: (line: string) => void
}

const CARD_TIMEOUT_MS = 120_000

export async function runContract(o: ContractOptions): Promise<ContractReport> {
  const chosen = cards.filter((c) => o.cards?.includes(c.id) ?? true)
  const shiftUs = MARKET_START - Date.now() * 1000
  const providers = await Promise.all(
    o.definitions.map(async (definition) => {
      // A simulator each: a fault ordered for one must not be cleared by another's next card.
      const simulator = await startSimulator({ shiftUs, quotas: false })
      const results: CardResult[] = []
      try {
        for (const card of chosen) {
          simulator.faults.clear()
          await using stage = openStage(definition, simulator, shiftUs)
          const result = await play(card, stage)
          results.push(result)
          o.onCard?.(`${definition.name} ${card.id} ${result.outcome} ${result.reason ?? ''}`)
        }
      } finally {
        await simulator.close()
      }
      return { provider: definition.name, results }
    }),
  )
  return { cards: chosen.map(({ id, title }) => ({ id, title })), providers }
}

async function play(card: Card, stage: ReturnType<typeof openStage>): Promise<CardResult> {
  const { id, title } = card
  if (!card.claims(stage.definition.capabilities)) {
    return { id, title, outcome: 'not_claimed', reason: null, tookMs: 0 }
  }
  const started = performance.now()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not over after ${CARD_TIMEOUT_MS / 1000} s`)), CARD_TIMEOUT_MS)
  })
  const outcome = await Promise.race([card.run(stage), late]).then(
    () => ({ outcome: 'pass' as const, reason: null }),
    (error: Error) => ({ outcome: 'fail' as const, reason: error.message.split('\n')[0] ?? error.name }),
  )
  clearTimeout(timer)
  return { id, title, ...outcome, tookMs: Math.round(performance.now() - started) }
}
