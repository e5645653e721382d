import { eq } from 'drizzle-orm'
import { brokerConnections } from '../schema/index.ts'
import type { UserTx } from '../user-scope.ts'
import { selectSources, type UserSource } from '../user-source.ts'

/** All of a user's sources, in the order in which they were connected. */
export async function readUserSources(tx: UserTx): Promise<UserSource[]> {
  const c = brokerConnections
  return await selectSources(tx).where(eq(c.userId, tx.userId)).orderBy(c.createdAt, c.id)
}
