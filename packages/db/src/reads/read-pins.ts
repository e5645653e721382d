import type { DataKind } from '@onetape/market'
import { eq } from 'drizzle-orm'
import { userPins } from '../schema/index.ts'
import type { UserTx } from '../user-scope.ts'

export interface UserPin {
  /** Of the instrument. */
  key: string
  kind: DataKind
  source: string
  version: number
}

export async function readPins(tx: UserTx): Promise<UserPin[]> {
  const p = userPins
  return await tx.drizzle
    .select({ key: p.instrumentKey, kind: p.preferenceType, source: p.source, version: p.version })
    .from(p)
    .where(eq(p.userId, tx.userId))
    .orderBy(p.instrumentKey, p.preferenceType)
}
