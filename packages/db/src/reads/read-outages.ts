import type { Micros } from '@onetape/market'
import { and, eq, gt } from 'drizzle-orm'
import { userOutages } from '../schema/index.ts'
import type { UserTx } from '../user-scope.ts'

export interface UserOutage {
  source: string
  /** Wall time. */
  until: Micros
}

/** The sources that a user has switched off for himself and that are not back by now. */
export async function readOutages(tx: UserTx, wallNow: Micros): Promise<UserOutage[]> {
  const u = userOutages
  return await tx.drizzle
    .select({ source: u.source, until: u.until })
    .from(u)
    .where(and(eq(u.userId, tx.userId), gt(u.until, wallNow)))
    .orderBy(u.source)
}
