import type { Micros } from '@onetape/market'
import { and, eq } from 'drizzle-orm'
import { readUserSource } from '../reads/read-user-source.ts'
import { brokerConnections, nextVersion, userDataSources } from '../schema/index.ts'
import { EditConflict, lockUser, notifyUser, type UserTx } from '../user-scope.ts'
import type { UserSource } from '../user-source.ts'

export type UserSourceToAdd = Omit<UserSource, 'version' | 'createdAt' | 'updatedAt'> & {
  /** Wall time. */
  at: Micros
}

/** A user's first source is the primary one, whatever is asked. @throws EditConflict when its name is taken. */
export async function addUserSource(tx: UserTx, o: UserSourceToAdd): Promise<UserSource> {
  await lockUser(tx)
  const { userId } = tx
  const held = await tx.drizzle
    .select({ name: userDataSources.source })
    .from(userDataSources)
    .where(eq(userDataSources.userId, userId))
  if (held.some((h) => h.name === o.name)) throw new EditConflict('The list of your sources')
  const isPrimary = o.isPrimary || held.length === 0
  if (isPrimary) await endPrimary(tx)
  await tx.drizzle.insert(brokerConnections).values({
    id: o.id,
    userId,
    provider: o.provider,
    label: o.label,
    isPrimary,
    dataTier: o.tier,
    state: o.state,
    capabilities: o.capabilities,
    probedAt: o.probedAt,
    createdAt: o.at,
    updatedAt: o.at,
  })
  await tx.drizzle.insert(userDataSources).values({
    id: o.sourceId,
    userId,
    connectionId: o.id,
    source: o.name,
    tier: o.tier,
    sealed: o.sealed,
    keyId: o.keyId,
    hint: o.hint,
    expiresAt: o.expiresAt,
  })
  await notifyUser(tx, 'sources')
  return (await readUserSource(tx, o.id))!
}

/** Before another becomes it: there is one at most. */
export async function endPrimary(tx: UserTx): Promise<void> {
  const c = brokerConnections
  await tx.drizzle
    .update(c)
    .set({ isPrimary: false, version: nextVersion })
    .where(and(eq(c.userId, tx.userId), eq(c.isPrimary, true)))
}
