// What the write path knows of partitions. There is no default partition: a row is never misfiled.
import { DAY_US, isoFromMicros, type Micros } from '@onetape/market'

export { createPartitionsFor, ensurePartitions } from './partitions/create-partitions.ts'

const FIRST_TS = Date.UTC(1900, 0, 1) * 1000
const AHEAD_MAX_US = 366 * DAY_US

/** A partition would be made for any instant, so an absurd one must not get that far. @throws RangeError */
export function requirePlausible(rows: readonly { ts: Micros }[], marketNow: Micros): void {
  for (const { ts } of rows) {
    if (ts >= FIRST_TS && ts <= marketNow + AHEAD_MAX_US) continue
    const told = Number.isSafeInteger(ts) ? isoFromMicros(ts) : String(ts)
    throw new RangeError(`${told} is no time that a price can have; nothing of this batch was written.`)
  }
}

/** By the routine that raises it: its message is translated on some servers. */
export const isPartitionMissing = (error: unknown): boolean => {
  const e = error as { code?: string; routine?: string } | null
  return e?.code === '23514' && e.routine === 'ExecFindPartition'
}
