import type { Micros } from '@onetape/market'
import { asc } from 'drizzle-orm'
import type { Db } from '../connect.ts'
import { sourceHealth } from '../schema/index.ts'

export interface SourceHealthRow {
  source: string
  state: 'closed' | 'open' | 'half_open'
  failures: number
  openedAt: Micros | null
  retryAt: Micros | null
  lastOkAt: Micros | null
  lastFailedAt: Micros | null
  lastErrorKind: string | null
  lastErrorMessage: string | null
  latencyMs: number | null
}

/** The breaker of every source that was ever asked. */
export async function readSourceHealth(db: Db): Promise<SourceHealthRow[]> {
  const rows = await db.drizzle.select().from(sourceHealth).orderBy(asc(sourceHealth.source))
  return rows.map(({ probeUntil: _, ...row }) => row)
}
