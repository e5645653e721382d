/**
 * Fills gaps from history, oldest need first: each asset class by itself, for their sources and budgets differ. Pieces
 * are claimed under leases, a few at a time, so a kill costs no more than those in hand, and of several daemons each
 * takes others. It never takes a sweep's lane, waits while one runs, and stops when the budget is short: the next run
 * goes on where this one was.
 */
import { setTimeout as pause } from 'node:timers/promises'
import {
  claimPieces,
  type Db,
  type EndedPiece,
  endGaps,
  endPieces,
  type GapView,
  planGap,
  readGaps,
  recordGaps,
} from '@onetape/db'
import { type Clock, isoFromMicros } from '@onetape/market'
import type { House } from '../ingest/ask-source.ts'
import { SWEPT_ASSET_CLASSES, type SweptAssetClass } from '../ingest/house-order.ts'
import type { SettleReport } from '../ingest/settle.ts'
import type { Sweeper } from '../ingest/sweeper.ts'
import type { Log } from '../log.ts'
import type { Universe } from '../universe/universe.ts'
import { type GapPlan, planOf } from './gap-plan.ts'
import { askedTogether } from './plan-pieces.ts'
import { workOff } from './work-off.ts'

export interface GapFillerDeps {
  db: Db
  house: House
  market: Clock
  universe: Universe
  sweeper: Pick<Sweeper, 'idle'>
  log: Log
  signal: AbortSignal
  /** Names this process in the leases. */
  worker: string
  /** Official days of a class, in bulk where a source has that. */
  settle(assetClass: SweptAssetClass, dates: readonly string[]): Promise<SettleReport>
  /** Calls at a time for each asset class. */
  concurrency?: number
  leaseMs?: number
}

export interface GapFiller {
  /** Fills what is wanted and can be had now. */
  run(): Promise<void>
  /** What it is doing, for the operator; null when nothing. */
  progress(): string | null
}

/** A killed process's pieces are free after this. */
const LEASE_MS = 30_000
const PIECES_AT_ONCE = 40
/** Pieces of days are whole classes, some dates of them. */
const DAYS = { piecesAtOnce: 1, leaseMs: 300_000 }
const GAPS_READ = 200
const ATTEMPTS_MAX = 4
/** A gap that nobody can give now is looked at again after this. */
const LATER_MS = 5_000
const RETRY_FIRST_MS = 60_000
/** A sweep that takes longer than this has trouble of its own. */
const SWEEP_MAX_MS = 5_000

/** What a step of the work came to: go on, or leave the class alone for now. */
type Outcome = 'over' | 'later'

export function createGapFiller(deps: GapFillerDeps): GapFiller {
  const notBefore = new Map<SweptAssetClass, number>()
  const busy = new Map<SweptAssetClass, string>()

  const fillClass = async (assetClass: SweptAssetClass): Promise<void> => {
    if (performance.now() < (notBefore.get(assetClass) ?? 0)) return
    const gaps = await readGaps(deps.db, { states: ['open', 'filling'], assetClass, limit: GAPS_READ })
    const seen = new Set<number>()
    try {
      for (const gap of gaps) {
        if (seen.has(gap.id) || deps.signal.aborted) continue
        const together = gaps.filter((g) => g.runId !== null && g.runId === gap.runId)
        const alike = gap.state === 'filling' ? together : askedTogether(gap, gaps)
        for (const { id } of alike) seen.add(id)
        const outcome = await fill(alike, (restMs) => notBefore.set(assetClass, performance.now() + restMs))
        if (outcome === 'later') return
      }
    } finally {
      busy.delete(assetClass)
    }
  }
  const fill = async (gaps: readonly GapView[], rest: (ms: number) => void): Promise<Outcome> => {
    const first = gaps[0]!
    if (first.state === 'filling') return work(first.runId!, gaps, rest)
    const plan = planOf(deps, gaps)
    if (plan.kind === 'later') {
      // Another gap of the class, a later one, may be there for the asking.
      await endGaps(deps.db, { gapIds: idsOf(gaps), state: 'open', error: plan.reason, pauseMs: LATER_MS })
      return 'over'
    }
    if (plan.kind === 'never') {
      await giveUp(gaps, plan)
      return 'over'
    }
    const planned = await planGap(deps.db, { gaps, pieces: plan.pieces, reason: plan.reason })
    if (!planned) return 'over'
    deps.log.info({ gaps: gaps.map((g) => g.id), pieces: planned.pieces }, `fills ${nameOf(gaps)}`)
    return work(planned.runId, gaps, rest)
  }
  const giveUp = async (gaps: readonly GapView[], { reason, days }: Extract<GapPlan, { kind: 'never' }>) => {
    if (days) await recordGaps(deps.db, { found: [days], foundAt: deps.market.now() })
    const ended = await endGaps(deps.db, { gapIds: idsOf(gaps), state: 'unfillable', reason })
    if (ended.length > 0) deps.log.warn({ gaps: ended }, `${nameOf(gaps)} cannot be filled: ${reason}`)
  }

  /** Claims and works off pieces until none is left, or nobody can be asked. */
  const work = async (
    runId: number,
    gaps: readonly GapView[],
    rest: (ms: number) => void,
  ): Promise<Outcome> => {
    const { assetClass, timeframe } = gaps[0]!
    const isDays = timeframe === '1d'
    const tally = { done: 0, rows: 0, calls: 0 }
    while (!deps.signal.aborted) {
      const leaseMs = isDays ? DAYS.leaseMs : (deps.leaseMs ?? LEASE_MS)
      const pieces = await claimPieces(deps.db, {
        runId,
        worker: deps.worker,
        limit: isDays ? DAYS.piecesAtOnce : PIECES_AT_ONCE,
        leaseMs,
      })
      if (pieces.length === 0) {
        const over = await endPieces(deps.db, { runId, pieces: [], calls: 0 })
        if (over) await close(gaps, over)
        // Others hold what is left; there may be more to do in another gap.
        return 'over'
      }
      busy.set(assetClass as SweptAssetClass, describe(gaps, tally))
      const quiet = () => Promise.race([deps.sweeper.idle(), pause(SWEEP_MAX_MS, undefined, { ref: false })])
      const worked = await workOff(deps, {
        assetClass: assetClass as SweptAssetClass,
        pieces,
        leaseMs,
        quiet,
      })
      const over = await endPieces(deps.db, { runId, ...worked })
      tally.done += count(worked.pieces, 'done')
      tally.rows += worked.pieces.reduce((sum, p) => sum + p.rowsWritten, 0)
      tally.calls += worked.calls
      if (over) {
        await close(gaps, over)
        return 'over'
      }
      if (worked.restMs) {
        rest(worked.restMs)
        return 'later'
      }
    }
    return 'later'
  }
  /** The last piece of a run is done: what became of its gaps. */
  const close = async (gaps: readonly GapView[], { failed }: { failed: number }): Promise<void> => {
    const gapIds = idsOf(gaps)
    const [now] = (await readGaps(deps.db, { assetClass: gaps[0]!.assetClass, states: ['filling'] })).filter(
      (g) => gapIds.includes(g.id),
    )
    if (!now) return
    const facts = {
      gaps: gapIds,
      instruments: now.piecesDone,
      rows: now.rowsWritten,
      calls: now.calls,
      failed,
    }
    if (failed > 0 && now.attempts < ATTEMPTS_MAX) {
      const pauseMs = RETRY_FIRST_MS * 2 ** (now.attempts - 1)
      const ended = await endGaps(deps.db, { gapIds, state: 'open', pauseMs })
      if (ended.length > 0) deps.log.warn(facts, `${nameOf(gaps)}: ${failed} pieces are tried again later`)
      return
    }
    const state = failed > 0 && now.piecesDone === 0 ? 'unfillable' : 'filled'
    const short = failed > 0 ? `${failed} of ${now.piecesTotal} pieces could not be had` : null
    const reason = [now.reason, short, failed > 0 ? now.lastError : null].filter(Boolean).join('; ')
    const ended = await endGaps(deps.db, { gapIds, state, ...(reason ? { reason } : {}) })
    if (ended.length > 0) deps.log.info(facts, `${nameOf(gaps)} is ${state}${short ? `, ${short}` : ''}`)
  }

  return {
    async run() {
      await Promise.all(SWEPT_ASSET_CLASSES.map((assetClass) => fillClass(assetClass)))
    },
    progress: () => [...busy.values()][0] ?? null,
  }
}

const idsOf = (gaps: readonly GapView[]): number[] => gaps.map((g) => g.id)
const count = (pieces: readonly EndedPiece[], status: EndedPiece['status']): number =>
  pieces.filter((p) => p.status === status).length

const clock = (iso: string): string => iso.slice(0, 16).replace('T', ' ')

/** `gap core equity 1m 2026-11-18 15:30 to 2026-11-18 16:30`. */
function nameOf(gaps: readonly GapView[]): string {
  const { tier, assetClass, symbol, timeframe, from } = gaps[0]!
  const span = [from, gaps.at(-1)!.to].map((at) => clock(isoFromMicros(at))).join(' to ')
  return `gap ${symbol ?? [tier, assetClass].filter(Boolean).join(' ')} ${timeframe} ${span}`
}

function describe(gaps: readonly GapView[], o: { done: number; rows: number }): string {
  const { piecesDone, piecesTotal, rowsWritten } = gaps[0]!
  const total = piecesTotal > 0 ? ` of ${piecesTotal}` : ''
  return `${nameOf(gaps)}: ${piecesDone + o.done}${total} pieces, ${rowsWritten + o.rows} rows`
}
