import { inArray } from 'drizzle-orm'
import type { Db } from '../connect.ts'
import { tapeBatches } from '../schema/index.ts'

/** What the writers of some batches kept of the sources asked before them, by ledger id; null where one kept nothing. */
export async function readAttemptsOfBatches(
  db: Db,
  batchIds: readonly number[],
): Promise<Map<number, unknown>> {
  const rows = await db.drizzle
    .select({ id: tapeBatches.id, attempts: tapeBatches.attempts })
    .from(tapeBatches)
    .where(inArray(tapeBatches.id, [...batchIds]))
  return new Map(rows.map((row) => [row.id!, row.attempts]))
}
