import type { Micros } from '@onetape/market'
import { desc } from 'drizzle-orm'
import type { Db } from '../connect.ts'
import { daemonHeartbeats } from '../schema/index.ts'

export interface Heartbeat {
  instanceId: string
  pid: number
  /** Wall time. */
  startedAt: Micros
  /** Wall time. */
  beatAt: Micros
  marketAt: Micros
  detail: unknown
}

/** Daemons of the last days, the last to have beaten first. */
export async function readHeartbeats(db: Db): Promise<Heartbeat[]> {
  return await db.drizzle.select().from(daemonHeartbeats).orderBy(desc(daemonHeartbeats.beatAt))
}
