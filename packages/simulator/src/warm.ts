// Builds every listing's running day ahead of the first question, giving way to requests after each handful.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { begunSession } from './market/calendar.ts'
import type { Simulation } from './simulation.ts'

const LISTINGS_A_TURN = 25

export async function warmMarket({ market, clock }: Simulation, signal: AbortSignal): Promise<void> {
  const { equities, crypto } = market.universe
  let turn = 0
  for (const listing of [...crypto, ...equities]) {
    if (signal.aborted) return
    const now = clock.now()
    market.day(listing, begunSession(listing, now), now)
    market.lastTrade(listing, now)
    if (++turn % LISTINGS_A_TURN === 0) await nextTurn()
  }
}
