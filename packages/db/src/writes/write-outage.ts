import type { UserOutage } from '../reads/read-outages.ts'
import { userOutages } from '../schema/index.ts'
import { notifyUser, type UserTx } from '../user-scope.ts'

/** Switches a source off for this user alone, until then; again for another time. */
export async function writeOutage(tx: UserTx, { source, until }: UserOutage): Promise<void> {
  const u = userOutages
  await tx.drizzle
    .insert(u)
    .values({ userId: tx.userId, source, until })
    .onConflictDoUpdate({ target: [u.userId, u.source], set: { until } })
  await notifyUser(tx, 'outages')
}
