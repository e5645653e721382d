import type { Micros } from '@onetape/market'
import { sql } from 'drizzle-orm'
import { oauthSignIns } from '../schema/index.ts'
import type { UserTx } from '../user-scope.ts'

export interface OAuthSignInRow {
  state: string
  provider: string
  /** The connection that is signed in anew; null for a new one. */
  connectionId: string | null
  label: string
  /** What the vendor's app needs; null where the house has an app. */
  sealed: Buffer | null
  keyId: string | null
  /** Wall time. */
  expiresAt: Micros
}

/** Remembers who is sent to a vendor's page. What he never came back from is forgotten on the way. */
export async function beginSignIn(tx: UserTx, o: OAuthSignInRow): Promise<void> {
  const s = oauthSignIns
  await tx.drizzle.delete(s).where(sql`${s.userId} = ${tx.userId} and ${s.expiresAt} < now()`)
  await tx.drizzle.insert(s).values({ ...o, userId: tx.userId })
}
