/**
 * A new tape's charts: once the first sweep of an asset class is in, a year of days and three days of minutes for its
 * core instruments, in the background. Noted in the tape when done, class by class: a kill in between resumes, because
 * the backfill is recorded, and a class that joins later is filled then.
 */
import { type Db, type Instrument, readSync, writeBatch } from '@onetape/db'
import { type Clock, type Micros, SECOND_US, type Timeframe } from '@onetape/market'
import { HOUSE_ORDER, SWEPT_ASSET_CLASSES, type SweptAssetClass } from '../ingest/house-order.ts'
import type { Log } from '../log.ts'

export interface FillRequest {
  days: number
  /** Instrument keys: a symbol may name a share, a pair and an index. */
  symbols: readonly string[]
  timeframes: readonly Timeframe[]
  signal: AbortSignal
  onProgress(progress: { done: number; total: number }): void
}

/** Runs one recorded backfill to its end. */
export type Fill = (request: FillRequest) => Promise<{ failed: number; rowsWritten: number }>

export interface FirstFillDeps {
  db: Db
  market: Clock
  wall: Clock
  log: Log
  signal: AbortSignal
  fill: Fill
  /** Instruments to fill, or none while the first sweep of their class is not in. */
  instruments(assetClass: SweptAssetClass): readonly Instrument[]
  /** Whether a source that is connected has such bars. */
  canFill(assetClass: SweptAssetClass, timeframe: Timeframe): boolean
}

export interface FirstFill {
  /** Fills if that is still to be done. */
  run(): Promise<void>
  /** What it is doing, for the operator; null when nothing. */
  progress(): string | null
}

const SCOPE = 'history:core'
/** Days of every class come before anybody's minutes. */
const PLAN: readonly { days: number; timeframe: Timeframe }[] = [
  { days: 365, timeframe: '1d' },
  { days: 3, timeframe: '1m' },
]
const RETRY_US = 600 * SECOND_US
/** Their one source counts calls closely: nobody waits for it. */
const SLOW: ReadonlySet<SweptAssetClass> = new Set(['index'])
/** What a tape was filled with before it noted the classes. */
const UNNOTED: readonly SweptAssetClass[] = ['equity', 'crypto']

interface Wanted {
  assetClass: SweptAssetClass
  instruments: readonly Instrument[]
  failed: number
}

export function createFirstFill(deps: FirstFillDeps): FirstFill {
  let done: Set<SweptAssetClass> | null = null
  const notBefore = new Map<SweptAssetClass, Micros>()
  let progress: string | null = null

  const isWanted = (assetClass: SweptAssetClass): boolean =>
    !done?.has(assetClass) &&
    deps.wall.now() >= (notBefore.get(assetClass) ?? 0) &&
    PLAN.some(({ timeframe }) => deps.canFill(assetClass, timeframe))

  const fillOne = async (wanted: Wanted, { days, timeframe }: (typeof PLAN)[number]) => {
    if (!deps.canFill(wanted.assetClass, timeframe)) return
    const onProgress = (p: { done: number; total: number }) => {
      progress = `${wanted.assetClass} history ${timeframe}: ${p.done} of ${p.total} chunks`
    }
    const symbols = wanted.instruments.map((i) => i.key)
    const { signal } = deps
    const result = await deps.fill({ days, symbols, timeframes: [timeframe], signal, onProgress })
    wanted.failed += result.failed
  }

  const fillAll = async (wanted: readonly Wanted[]) => {
    if (wanted.length === 0) return
    for (const step of PLAN) for (const each of wanted) await fillOne(each, step)
    for (const { assetClass, failed } of wanted) if (failed === 0) done?.add(assetClass)
    await noteDone(deps, { done: done ?? new Set(), wanted })
    sayDone(deps, wanted)
  }

  return {
    progress: () => progress,
    async run() {
      done ??= await readDone(deps.db)
      const wanted: Wanted[] = SWEPT_ASSET_CLASSES.filter(isWanted)
        .map((assetClass) => ({ assetClass, instruments: deps.instruments(assetClass), failed: 0 }))
        .filter(({ instruments }) => instruments.length > 0)
      if (wanted.length === 0) return
      for (const { assetClass } of wanted) notBefore.set(assetClass, deps.wall.now() + RETRY_US)
      try {
        for (const isSlow of [false, true])
          await fillAll(wanted.filter(({ assetClass }) => SLOW.has(assetClass) === isSlow))
      } finally {
        progress = null
      }
    },
  }
}

async function readDone(db: Db): Promise<Set<SweptAssetClass>> {
  const row = (await readSync(db)).find(({ scope }) => scope === SCOPE)
  const { assetClasses } = (row?.detail ?? {}) as { assetClasses?: readonly string[] }
  if (assetClasses) return new Set(SWEPT_ASSET_CLASSES.filter((c) => assetClasses.includes(c)))
  return new Set(row?.status === 'ok' ? UNNOTED : [])
}

async function noteDone(
  { db, market }: FirstFillDeps,
  { done, wanted }: { done: ReadonlySet<SweptAssetClass>; wanted: readonly Wanted[] },
): Promise<void> {
  const now = market.now()
  const source = HOUSE_ORDER.equity[0]!
  const failed = wanted.reduce((sum, each) => sum + each.failed, 0)
  const status = failed === 0 ? 'ok' : 'partial'
  const detail = { assetClasses: [...done] }
  const sync = { scope: SCOPE, lastSync: now, nextSync: null, status, rowsBehind: failed, detail }
  await writeBatch(db, { kind: 'daily', source, feed: source, fetchedAt: now, marketNow: now, sync })
}

function sayDone({ log }: FirstFillDeps, wanted: readonly Wanted[]): void {
  for (const { assetClass, failed } of wanted) {
    if (failed === 0) log.info({ assetClass }, `${assetClass} history of the core instruments is filled`)
    else log.warn({ assetClass }, `${assetClass} history: ${failed} chunks failed; tried again later`)
  }
}
