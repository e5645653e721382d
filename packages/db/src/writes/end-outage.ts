import { and, eq } from 'drizzle-orm'
import { userOutages } from '../schema/index.ts'
import { notifyUser, type UserTx } from '../user-scope.ts'

/** @returns false where the source was not switched off. */
export async function endOutage(tx: UserTx, source: string): Promise<boolean> {
  const u = userOutages
  const ended = await tx.drizzle
    .delete(u)
    .where(and(eq(u.userId, tx.userId), eq(u.source, source)))
    .returning({ source: u.source })
  if (ended.length > 0) await notifyUser(tx, 'outages')
  return ended.length > 0
}
