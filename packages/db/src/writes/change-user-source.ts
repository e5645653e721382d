import type { Micros } from '@onetape/market'
import { and, eq } from 'drizzle-orm'
import { readUserSource } from '../reads/read-user-source.ts'
import { brokerConnections, nextVersion, userDataSources } from '../schema/index.ts'
import { EditConflict, lockUser, notifyUser, type UserTx } from '../user-scope.ts'
import type { UserSource } from '../user-source.ts'
import { endPrimary } from './add-user-source.ts'

type Changeable =
  | 'label'
  | 'tier'
  | 'state'
  | 'hint'
  | 'keyId'
  | 'sealed'
  | 'expiresAt'
  | 'capabilities'
  | 'probedAt'

export type UserSourceChange = Partial<Pick<UserSource, Changeable>> & {
  id: string
  /** That the writer saw. */
  version: number
  /** Wall time. */
  at: Micros
  /** Another one stops being it. */
  isPrimary?: true
}

/** Changes what is given. @throws EditConflict when the source is gone or no longer of that version. */
export async function changeUserSource(tx: UserTx, o: UserSourceChange): Promise<UserSource> {
  const { id, version, at, tier, hint, keyId, sealed, expiresAt, isPrimary, ...rest } = o
  if (isPrimary) await lockUser(tx)
  const c = brokerConnections
  const mine = and(eq(c.userId, tx.userId), eq(c.id, id))
  const changed = await tx.drizzle
    .update(c)
    .set({ ...rest, dataTier: tier, updatedAt: at, version: nextVersion })
    .where(and(mine, eq(c.version, version)))
    .returning({ wasPrimary: c.isPrimary })
  if (changed.length === 0) throw new EditConflict('This source')
  if (isPrimary && !changed[0]!.wasPrimary) {
    await endPrimary(tx)
    await tx.drizzle.update(c).set({ isPrimary }).where(mine)
  }
  const asked = { tier, hint, keyId, sealed, expiresAt }
  if (Object.values(asked).some((value) => value !== undefined)) {
    const s = userDataSources
    await tx.drizzle
      .update(s)
      .set(asked)
      .where(and(eq(s.userId, tx.userId), eq(s.connectionId, id)))
  }
  await notifyUser(tx, 'sources')
  return (await readUserSource(tx, id))!
}
