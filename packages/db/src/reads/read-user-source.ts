import { and, eq } from 'drizzle-orm'
import { brokerConnections } from '../schema/index.ts'
import type { UserTx } from '../user-scope.ts'
import { selectSources, type UserSource } from '../user-source.ts'

/** Null where the user has none of this id, whoever else may. */
export async function readUserSource(tx: UserTx, id: string): Promise<UserSource | null> {
  const c = brokerConnections
  const rows = await selectSources(tx).where(and(eq(c.userId, tx.userId), eq(c.id, id)))
  return rows[0] ?? null
}
