import { eq } from 'drizzle-orm'
import type { Db } from '../connect.ts'
import { tapeBatches } from '../schema/index.ts'

/** What the writer of a batch kept of the sources asked before it; null where it kept nothing or there is no such batch. */
export async function readBatchAttempts(db: Db, batchId: number): Promise<unknown> {
  const rows = await db.drizzle
    .select({ attempts: tapeBatches.attempts })
    .from(tapeBatches)
    .where(eq(tapeBatches.id, batchId))
  return rows[0]?.attempts ?? null
}
