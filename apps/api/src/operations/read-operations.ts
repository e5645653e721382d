// Reads what the Operations page shows. Several readers share one look, and what seldom changes is not asked each time.
import {
  countCalls,
  countGaps,
  type Db,
  type GapView,
  newestBatch,
  readCadence,
  readFollowers,
  readGaps,
  readHeartbeats,
  readMissedSlots,
  readPartitions,
  readSync,
  readTierSizes,
  readTiers,
} from '@onetape/db'
import { type Clock, DAY_US, HOUR_US } from '@onetape/market'
import { houseOrder, registry } from '@onetape/providers'
import { withDeadline } from '../deadline.ts'
import { callsADay } from './calls-a-day.ts'
import { daemonOperations, isRecent } from './daemons.ts'
import type {
  CallsOperations,
  GapOperations,
  OperationsReads,
  OperationsReport,
  TierOperations,
} from './report.ts'
import { seldom } from './seldom.ts'
import { tableOperations } from './tables.ts'
import { classCadences, type TierSize } from './tier-cadence.ts'

export interface OperationsDeps {
  db: Db
  wallClock: Clock
  marketClock: Clock
  /** The live fan-out of this process: in memory, so no cursor in the database tells of it. */
  fannedOut: () => number
}

const ANSWER_WITHIN_MS = 10_000
const LOOK_EVERY_MS = 1_000
/** Sizes are read off every partition, and calls are counted over a day. */
const COUNT_EVERY_MS = 20_000
const GAPS_WANTED_MAX = 50
const GAPS_OVER_MAX = 10
const MISSED_MAX = 20
/** From the open to the close of a regular day of US equities. */
const SESSION_S = 6.5 * 3_600

export function operationsReads(deps: OperationsDeps): OperationsReads {
  const { db, wallClock } = deps
  const tables = seldom(COUNT_EVERY_MS, async () => tableOperations(await readPartitions(db)))
  const calls = seldom(COUNT_EVERY_MS, () => countCalls(db, { since: wallClock.now() - DAY_US }))
  const sizes = seldom(COUNT_EVERY_MS, () => readTierSizes(db))
  const look = seldom(LOOK_EVERY_MS, async (): Promise<OperationsReport> => {
    const marketNow = deps.marketClock.now()
    const wallNow = wallClock.now()
    const day = { from: marketNow - (marketNow % HOUR_US) - 23 * HOUR_US, to: marketNow }
    const [tierSizes, tableList, lastDay, tiers, hours, sync, missed, gaps, ledger, beats] =
      await Promise.all([
        sizes(),
        tables(),
        calls(),
        readTiers(db),
        readCadence(db, day),
        readSync(db),
        readMissedSlots(db, day),
        readGapOperations(db),
        readLedger(deps),
        readHeartbeats(db),
      ])
    const byScope = new Map(sync.map((s) => [s.scope, s]))
    const tierList = tiers.map(({ name, ...tier }): TierOperations => {
      const last = byScope.get(`tier:${name}`)
      return {
        name,
        ...tier,
        lastSync: last?.lastSync ?? null,
        nextSync: last?.nextSync ?? null,
        status: last?.status ?? null,
        classes: classCadences(name, hours, tierSizes),
      }
    })
    return {
      wallNow,
      marketNow,
      tiers: tierList,
      missed: missed.slice(-MISSED_MAX).reverse(),
      gaps,
      ledger,
      daemons: beats.filter((beat) => isRecent(beat, wallNow)).map((beat) => daemonOperations(beat, wallNow)),
      tables: tableList,
      calls: { plan: planOf(tierList, tierSizes), lastDay },
    }
  })
  return { read: () => withDeadline(look(), ANSWER_WITHIN_MS) }
}

async function readGapOperations(db: Db): Promise<OperationsReport['gaps']> {
  const [counts, wanted, over] = await Promise.all([
    countGaps(db),
    readGaps(db, { states: ['open', 'filling'], limit: GAPS_WANTED_MAX }),
    readGaps(db, { states: ['filled', 'unfillable', 'no_data'], limit: GAPS_OVER_MAX }),
  ])
  return { counts, wanted: wanted.map(gapOperations), over: over.map(gapOperations) }
}

const gapOperations = (g: GapView): GapOperations => ({
  id: g.id,
  tier: g.tier,
  symbol: g.symbol,
  assetClass: g.assetClass,
  timeframe: g.timeframe,
  from: g.from,
  to: g.to,
  why: g.why,
  state: g.state,
  reason: g.reason,
  slots: g.slots,
  piecesTotal: g.piecesTotal,
  piecesDone: g.piecesDone,
  piecesFailed: g.piecesFailed,
  rowsWritten: g.rowsWritten,
  calls: g.calls,
  etaSeconds: g.etaSeconds,
  lastError: g.lastError,
})

async function readLedger({ db, fannedOut }: OperationsDeps): Promise<OperationsReport['ledger']> {
  // The end first: what is written while the followers are read is no lag of theirs.
  const { id, fetchedAt } = await newestBatch(db)
  const followers = [{ name: 'live fan-out', batchId: fannedOut(), skipped: 0 }, ...(await readFollowers(db))]
  return {
    batchId: id,
    newestAt: fetchedAt,
    followers: followers.map((follower) => ({ ...follower, behind: Math.max(0, id - follower.batchId) })),
  }
}

/** US equities, asked of the source that the house asks first. */
function planOf(tiers: readonly TierOperations[], sizes: readonly TierSize[]): CallsOperations['plan'] {
  const source = houseOrder.equity[0]!
  const { byAssetClass, snapshotSymbolsMax } = registry.get(source).capabilities
  const isWhole = byAssetClass.equity?.snapshots === 'market'
  const planned = tiers
    .filter(({ enabled }) => enabled)
    .map(({ name, frequencyS }) => ({
      tier: name,
      frequencyS,
      symbols: sizes.find((s) => s.tier === name && s.assetClass === 'equity')?.members ?? 0,
    }))
  const symbolsPerCall = isWhole ? null : (snapshotSymbolsMax ?? 1)
  return { source, ...callsADay(planned, { sessionS: SESSION_S, symbolsPerCall }) }
}
