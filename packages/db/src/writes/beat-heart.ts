import { DAY_US, type Micros } from '@onetape/market'
import { lt, sql } from 'drizzle-orm'
import type { Db } from '../connect.ts'
import { daemonHeartbeats } from '../schema/index.ts'

/** Daemons that have been silent for this long are forgotten. */
const FORGET_US = 7 * DAY_US

/** Says that a daemon is alive. `wallNow` and `startedAt` are wall time. */
export async function beatHeart(
  db: Db,
  o: {
    instanceId: string
    pid: number
    startedAt: Micros
    wallNow: Micros
    marketNow: Micros
    detail: unknown
  },
): Promise<void> {
  const h = daemonHeartbeats
  const { instanceId, pid, startedAt, wallNow, marketNow, detail } = o
  await db.drizzle
    .insert(h)
    .values({ instanceId, pid, startedAt, beatAt: wallNow, marketAt: marketNow, detail })
    .onConflictDoUpdate({
      target: h.instanceId,
      set: { beatAt: sql`excluded.beat_at`, marketAt: sql`excluded.market_at`, detail: sql`excluded.detail` },
    })
  await db.drizzle.delete(h).where(lt(h.beatAt, wallNow - FORGET_US))
}
