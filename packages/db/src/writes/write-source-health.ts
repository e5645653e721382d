import type { Db } from '../connect.ts'
import { HEALTH_CHANNEL } from '../notify.ts'
import type { SourceHealthRow } from '../reads/read-source-health.ts'
import { sourceHealth } from '../schema/index.ts'

/** The state of one breaker after a change; the other processes are told to read. A probe's claim ends with it. */
export async function writeSourceHealth(db: Db, health: SourceHealthRow): Promise<void> {
  const row = { ...health, probeUntil: null }
  await db.drizzle
    .insert(sourceHealth)
    .values(row)
    .onConflictDoUpdate({ target: sourceHealth.source, set: row })
  await db.pool.query('select pg_notify($1, $2)', [HEALTH_CHANNEL, health.source])
}
