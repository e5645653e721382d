/**
 * Catch-up: after an outage of any length the daemon knows what it missed and fills it from history by itself. Finding
 * and filling are two jobs: one daemon finds, all fill, each other pieces.
 */
import type { Micros } from '@onetape/market'
import type { Running } from '../assemble.ts'
import type { LostMinutes } from '../history/keep-minutes.ts'
import type { SweptAssetClass } from '../ingest/house-order.ts'
import { settle } from '../ingest/settle.ts'
import { CORE } from '../universe/reference.ts'
import { createGapFiller } from './fill-gaps.ts'
import { createGapFinder } from './find-gaps.ts'
import { noteLost } from './note-lost.ts'

export interface CatchUp {
  /** Holds slots against the ledger and notes what is missing. */
  find(): Promise<void>
  /** Fills what is missing, as far as sources and budgets allow now. */
  fill(): Promise<void>
  onLost(lost: LostMinutes): Promise<void>
  /** For the operator; null when nothing is being filled. */
  progress(): string | null
}

/** @param startedAt market time at which this daemon began to look at the market. */
export function createCatchUp(running: Running, startedAt: Micros): CatchUp {
  const { tape, universe, log, instanceId } = running
  const deps = { ...running, db: tape.db }
  const finder = createGapFinder({ ...deps, startedAt })
  const settleDays = (assetClass: SweptAssetClass, dates: readonly string[]) => {
    const rest = universe
      .tiers()
      .flatMap((t) => (t.name === CORE ? [] : universe.members(t.name, assetClass)))
    const { signal } = running
    return settle(deps, { core: universe.members(CORE, assetClass), rest, dates, assetClass, signal })
  }
  const filler = createGapFiller({ ...deps, worker: instanceId, settle: settleDays })
  return {
    async find() {
      const added = await finder.run()
      if (added > 0) log.info({ gaps: added }, `${added} gaps found; see onetape gaps`)
    },
    fill: filler.run,
    onLost: (lost) => noteLost(deps, lost),
    progress: filler.progress,
  }
}
