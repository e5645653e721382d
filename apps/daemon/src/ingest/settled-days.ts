// Official daily bars through the gate for history and into the tape, one transaction for each feed.
import { type DailyRow, type Db, type FindingRow, type Instrument, writeBatch } from '@onetape/db'
import type { Bar, Clock, Micros } from '@onetape/market'
import { barFault } from '../backfill/bar-gate.ts'
import { dailyRow } from '../backfill/judge-bars.ts'
import type { KeptAttempt } from './attempt-trail.ts'

export interface SettledDays {
  source: string
  fetchedAt: Micros
  bars: readonly Bar[]
  /** By house symbol; bars of others are left alone. */
  instruments: ReadonlyMap<string, Instrument>
  /** For the receipt of the batch. */
  attempts: readonly KeptAttempt[]
}

/** @returns the bars that are facts now. */
export async function writeSettledDays(deps: { db: Db; market: Clock }, o: SettledDays): Promise<Bar[]> {
  const marketNow = deps.market.now()
  const written: Bar[] = []
  for (const [feed, bars] of Map.groupBy(o.bars, (bar) => bar.feed)) {
    const daily: DailyRow[] = []
    const findings: FindingRow[] = []
    for (const bar of bars) {
      const instrument = o.instruments.get(bar.symbol)
      if (!instrument) continue
      const finding = findingOf(bar, instrument, marketNow)
      if (finding) findings.push(finding)
      else daily.push(rowOf(bar, instrument))
      if (!finding) written.push(bar)
    }
    const { source, fetchedAt, attempts } = o
    await writeBatch(deps.db, {
      kind: 'daily',
      source,
      feed,
      fetchedAt,
      marketNow,
      daily,
      findings,
      attempts,
    })
  }
  return written
}

function findingOf(bar: Bar, instrument: Instrument, marketNow: Micros): FindingRow | null {
  const { assetClass, id, symbol } = instrument
  const fault = barFault(bar, { assetClass, timeframe: '1d', ts: bar.ts, marketNow, previousClose: null })
  if (!fault) return null
  const { open, high, low, close, volume, sessionDate } = bar
  const evidence = { reason: fault.reason, sessionDate, open, high, low, close, volume }
  return { kind: fault.kind, instrumentId: id, symbol, ts: bar.ts, evidence }
}

const rowOf = (bar: Bar, { id }: Instrument): DailyRow => ({ ...dailyRow(bar, id), settled: true })
