import type { AssetClass, DataKind, Micros } from '@onetape/market'
import { and, eq } from 'drizzle-orm'
import type { Db } from '../connect.ts'
import type { SourcePreference } from '../reads/read-preference.ts'
import { userDataPreferences } from '../schema/index.ts'

export interface PreferenceToWrite {
  userId: string
  kind: DataKind
  assetClass: AssetClass | 'all'
  /** Null removes the user's own order: the next wider one, or the house's, applies again. */
  order: SourcePreference | null
  /** Wall time. */
  at: Micros
}

export async function writePreference(db: Db, o: PreferenceToWrite): Promise<void> {
  const p = userDataPreferences
  if (o.order === null) {
    await db.drizzle
      .delete(p)
      .where(and(eq(p.userId, o.userId), eq(p.preferenceType, o.kind), eq(p.assetClass, o.assetClass)))
    return
  }
  const set = {
    primarySource: o.order.primary,
    fallbackSources: [...o.order.fallbacks],
    updatedAt: o.at,
  }
  await db.drizzle
    .insert(p)
    .values({ userId: o.userId, preferenceType: o.kind, assetClass: o.assetClass, ...set })
    .onConflictDoUpdate({ target: [p.userId, p.preferenceType, p.assetClass], set })
}
