import { and, eq } from 'drizzle-orm'
import { oauthSignIns } from '../schema/index.ts'
import type { UserTx } from '../user-scope.ts'
import type { OAuthSignInRow } from './begin-sign-in.ts'

/** Once: null for a state that was taken before, that is another's, or that nobody was sent with. Look at `expiresAt`. */
export async function takeSignIn(tx: UserTx, state: string): Promise<OAuthSignInRow | null> {
  const s = oauthSignIns
  const rows = await tx.drizzle
    .delete(s)
    .where(and(eq(s.userId, tx.userId), eq(s.state, state)))
    .returning()
  if (rows.length === 0) return null
  const { userId: _, ...row } = rows[0]!
  return row
}
