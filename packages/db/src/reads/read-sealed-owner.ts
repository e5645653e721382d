import { and, eq } from 'drizzle-orm'
import { userDataSources, users } from '../schema/index.ts'
import type { UserTx } from '../user-scope.ts'

export interface SealedOwner {
  /** The source's name in the user's orders. */
  source: string
  user: { id: string; name: string; email: string }
}

/** Whose sealed credentials these are, for an operator who has to be told that they do not open. */
export async function readSealedOwner(tx: UserTx, sourceId: string): Promise<SealedOwner | null> {
  const s = userDataSources
  const rows = await tx.drizzle
    .select({ source: s.source, user: { id: users.id, name: users.name, email: users.email } })
    .from(s)
    .innerJoin(users, eq(users.id, s.userId))
    .where(and(eq(s.userId, tx.userId), eq(s.id, sourceId)))
  return rows[0] ?? null
}
