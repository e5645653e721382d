/**
 * A new tape's charts: once the first sweep is in, a year of days and three days of minutes for the core instruments,
 * in the background. Noted in the tape when done; a kill in between resumes, because the backfill is recorded.
 */
import { type Db, type Instrument, readSync, writeBatch } from '@onetape/db'
import { type Clock, type Micros, SECOND_US, type Timeframe } from '@onetape/market'
import { HOUSE_ORDER } from '../ingest/house-order.ts'
import type { Log } from '../log.ts'

export interface FillRequest {
  days: number
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
  /** Instruments to fill, or none while the first sweep is not in. */
  instruments(): readonly Instrument[]
}

export interface FirstFill {
  /** Fills if that is still to be done. */
  run(): Promise<void>
  /** What it is doing, for the operator; null when nothing. */
  progress(): string | null
}

const SCOPE = 'history:core'
const PLAN: readonly { days: number; timeframes: readonly Timeframe[] }[] = [
  { days: 365, timeframes: ['1d'] },
  { days: 3, timeframes: ['1m'] },
]
const RETRY_US = 600 * SECOND_US

export function createFirstFill(deps: FirstFillDeps): FirstFill {
  let isDone = false
  let notBefore: Micros = 0
  let progress: string | null = null

  const fillAll = async (instruments: readonly Instrument[]): Promise<number> => {
    const symbols = instruments.map((i) => i.symbol)
    let failed = 0
    for (const { days, timeframes } of PLAN) {
      const onProgress = (p: { done: number; total: number }) => {
        progress = `history ${timeframes.join(', ')}: ${p.done} of ${p.total} chunks`
      }
      const result = await deps.fill({ days, symbols, timeframes, signal: deps.signal, onProgress })
      failed += result.failed
    }
    return failed
  }

  return {
    progress: () => progress,
    async run() {
      if (isDone || deps.wall.now() < notBefore) return
      isDone = (await readSync(deps.db)).some((row) => row.scope === SCOPE && row.status === 'ok')
      const instruments = deps.instruments()
      if (isDone || instruments.length === 0) return
      notBefore = deps.wall.now() + RETRY_US
      try {
        const failed = await fillAll(instruments)
        await noteDone(deps, failed)
        isDone = failed === 0
        if (failed === 0) deps.log.info('history of the core instruments is filled')
        else deps.log.warn(`history: ${failed} chunks failed; tried again later`)
      } finally {
        progress = null
      }
    },
  }
}

async function noteDone({ db, market }: FirstFillDeps, failed: number): Promise<void> {
  const now = market.now()
  const source = HOUSE_ORDER.equity[0]!
  const status = failed === 0 ? 'ok' : 'partial'
  const sync = { scope: SCOPE, lastSync: now, nextSync: null, status, rowsBehind: failed }
  await writeBatch(db, { kind: 'daily', source, feed: source, fetchedAt: now, marketNow: now, sync })
}
