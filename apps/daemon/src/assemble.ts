// The parts of a daemon put together, before anything runs: what they share is one record.
import { ensurePartitions, marketSpansSkipped, readSync } from '@onetape/db'
import { isoFromMicros, type Micros } from '@onetape/market'
import { moveMarket } from './clock/move-market.ts'
import { type Complaints, createComplaints } from './complaints.ts'
import type { DaemonDeps } from './daemon.ts'
import { createDayBook, type DayBook } from './ingest/day-book.ts'
import { createFindingMemory, type FindingMemory } from './ingest/finding-memory.ts'
import { SWEPT_ASSET_CLASSES } from './ingest/house-order.ts'
import { createPreviousCloses } from './ingest/previous-closes.ts'
import { createSweeper, type Sweeper } from './ingest/sweeper.ts'
import { createTierBook, type TierBook } from './ingest/tier-book.ts'
import { createTurns } from './ingest/turns.ts'
import { followLedger, type RollUpFollower } from './rollup/follow-ledger.ts'
import { type CloseJobs, createCloseJobs } from './schedule/close-jobs.ts'
import { createObstacles, type Obstacles } from './schedule/obstacles.ts'
import { createSlotWatch, type SlotWatch } from './schedule/slot-board.ts'
import { createSlotKeeper } from './schedule/slot-keeper.ts'
import { mintCore } from './universe/reference.ts'
import { loadUniverse, type Universe } from './universe/universe.ts'

/** What the parts of a running daemon share. */
export interface Running extends DaemonDeps {
  signal: AbortSignal
  complaints: Complaints
  universe: Universe
  watch: SlotWatch
  obstacles: Obstacles
  book: TierBook
  memory: FindingMemory
  days: DayBook
  sweeper: Sweeper
  follower: RollUpFollower
  closeJobs: CloseJobs
  /** Moves demo's clock: every slot there is due. */
  moveTo(to: Micros): Promise<void>
}

export async function assemble(deps: DaemonDeps, signal: AbortSignal): Promise<Running> {
  const { tape, wall, market, log, house, instanceId } = deps
  const { db } = tape
  const complaints = createComplaints(log, signal)
  await ensurePartitions(db, { marketNow: market.now() })
  await mintCore(db)
  const universe = await loadUniverse(db, { onNewcomers: (tier, newcomers) => turns.add(tier, newcomers) })
  const turns = createTurns(universe)
  const book = createTierBook(await lastTierSyncs(deps), instanceId)
  const memory = createFindingMemory()
  const days = createDayBook()
  const closes = createPreviousCloses(db)
  const watch = createSlotWatch({ db, market, instanceId, tapeClock: deps.tapeClock })
  const obstacles = createObstacles()
  const skipped = () => marketSpansSkipped(db)
  const keeper = createSlotKeeper({ db, instanceId, complaints, obstacles, skipped, ttlMs: deps.slotTtlMs })
  const asked = { db, house, market, wall, memory, closes, book, days }
  const sweeper = createSweeper({ ...asked, universe, watch, keeper, turns, obstacles, signal })
  const onChange = (problem: string | null) =>
    problem === null ? complaints.solved('rolling up') : complaints.problem('rolling up', problem)
  const onSkipped = (batchId: number, problem: string) =>
    log.warn({ batchId }, `batch ${batchId} could not be rolled up and was passed by: ${problem}`)
  const follower = followLedger({ db, market, onChange, onSkipped })
  const closeJobs = await createCloseJobs({ db, house, market, sweeper, universe, follower, log, signal })
  const moveTo = async (to: Micros) => {
    const { from, shiftUs } = await moveMarket({ db, wall, market }, to)
    log.info(`market time moves from ${isoFromMicros(from)} to ${isoFromMicros(to)}`)
    deps.onClockMoved?.(shiftUs)
  }
  const known = { universe, watch, obstacles, book, memory, days }
  return { ...deps, ...known, signal, complaints, sweeper, follower, closeJobs, moveTo }
}

export const wantEverything = (sweeper: Sweeper) => {
  for (const assetClass of SWEPT_ASSET_CLASSES) sweeper.wantAll(assetClass)
}

async function lastTierSyncs({ tape }: DaemonDeps): Promise<Map<string, Micros>> {
  const rows = await readSync(tape.db)
  return new Map(
    rows.flatMap(({ scope, lastSync }) =>
      scope.startsWith('tier:') && lastSync !== null
        ? [[scope.slice('tier:'.length), lastSync] as const]
        : [],
    ),
  )
}
