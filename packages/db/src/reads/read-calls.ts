import { and, desc, eq, isNull } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import type { Db } from '../connect.ts'
import { providerCalls } from '../schema/index.ts'
import { asUser } from '../user-scope.ts'
import type { ProviderCallRow } from '../writes/record-calls.ts'

export interface CallsQuestion {
  source?: string
  /** Calls to this user's own sources; left out or null: to the house's. */
  userId?: string | null
  limit: number
}

/** The newest requests, newest first; of one source or of all. */
export async function readCalls(db: Db, o: CallsQuestion): Promise<(ProviderCallRow & { id: number })[]> {
  const { userId } = o
  if (userId === undefined || userId === null) return await newest(db.drizzle, o)
  return await asUser(db, userId, (tx) => newest(tx.drizzle, o))
}

async function newest(drizzle: NodePgDatabase, { source, userId, limit }: CallsQuestion) {
  const c = providerCalls
  const whose = userId ? eq(c.userId, userId) : isNull(c.userId)
  return await drizzle
    .select()
    .from(c)
    .where(and(whose, source === undefined ? undefined : eq(c.source, source)))
    .orderBy(desc(c.at), desc(c.id))
    .limit(limit)
}
