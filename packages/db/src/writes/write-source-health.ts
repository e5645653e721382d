import type { Db } from '../connect.ts'
import { HEALTH_CHANNEL } from '../notify.ts'
import type { SourceHealthRow } from '../reads/read-source-health.ts'
import { sourceHealth } from '../schema/index.ts'

/**
 * One breaker after a change. `all`: its state moved; the other processes are told to read, and a probe's claim ends
 * with a state that is not half open. `details`: times, latency and the last error are news, while a row that exists
 * keeps its state, which another process may have moved meanwhile.
 */
export async function writeSourceHealth(
  db: Db,
  health: SourceHealthRow,
  what: 'all' | 'details' = 'all',
): Promise<void> {
  const { source, lastOkAt, lastFailedAt, lastErrorKind, lastErrorMessage, latencyMs } = health
  const details = { lastOkAt, lastFailedAt, lastErrorKind, lastErrorMessage, latencyMs }
  const claim = health.state === 'half_open' ? {} : { probeUntil: null }
  await db.drizzle
    .insert(sourceHealth)
    .values({ ...health, probeUntil: null })
    .onConflictDoUpdate({
      target: sourceHealth.source,
      set: what === 'all' ? { ...health, ...claim } : details,
    })
  if (what === 'all') await db.pool.query('select pg_notify($1, $2)', [HEALTH_CHANNEL, source])
}
