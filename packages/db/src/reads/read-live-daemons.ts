import type { Micros } from '@onetape/market'
import { desc, gt } from 'drizzle-orm'
import type { Db } from '../connect.ts'
import { daemonHeartbeats } from '../schema/index.ts'
import type { Heartbeat } from './read-heartbeats.ts'

/** A daemon beats every two seconds. */
const ALIVE_WITHIN_US = 15_000_000

/** Every daemon that has beaten lately, the last one first: each tells of the streams and slots that it holds. */
export async function readLiveDaemons(db: Db, wallNow: Micros): Promise<Heartbeat[]> {
  const h = daemonHeartbeats
  return await db.drizzle
    .select()
    .from(h)
    .where(gt(h.beatAt, wallNow - ALIVE_WITHIN_US))
    .orderBy(desc(h.beatAt))
}
