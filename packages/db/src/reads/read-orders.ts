import type { AssetClass, DataKind } from '@onetape/market'
import { eq } from 'drizzle-orm'
import { userDataPreferences } from '../schema/index.ts'
import type { UserTx } from '../user-scope.ts'
import type { SourcePreference } from './read-preference.ts'

export interface UserOrder {
  kind: DataKind
  assetClass: AssetClass | 'all'
  order: SourcePreference
  version: number
}

/** Every order that a user has set, by kind and class. */
export async function readOrders(tx: UserTx): Promise<UserOrder[]> {
  const p = userDataPreferences
  const rows = await tx.drizzle
    .select()
    .from(p)
    .where(eq(p.userId, tx.userId))
    .orderBy(p.preferenceType, p.assetClass)
  return rows.map((row) => ({
    kind: row.preferenceType,
    assetClass: row.assetClass as UserOrder['assetClass'],
    order: { primary: row.primarySource, fallbacks: row.fallbackSources },
    version: row.version,
  }))
}
