import { desc, eq } from 'drizzle-orm'
import type { Db } from '../connect.ts'
import { providerCalls } from '../schema/index.ts'
import type { ProviderCallRow } from '../writes/record-calls.ts'

/** The newest requests, newest first; of one source or of all. */
export async function readCalls(
  db: Db,
  o: { source?: string; limit: number },
): Promise<(ProviderCallRow & { id: number })[]> {
  const c = providerCalls
  return await db.drizzle
    .select()
    .from(c)
    .where(o.source === undefined ? undefined : eq(c.source, o.source))
    .orderBy(desc(c.at), desc(c.id))
    .limit(o.limit)
}
