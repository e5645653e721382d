import type { AssetClass, DataKind } from '@onetape/market'
import { and, eq, inArray } from 'drizzle-orm'
import type { Db } from '../connect.ts'
import { userDataPreferences } from '../schema/index.ts'

export interface SourcePreference {
  primary: string
  fallbacks: readonly string[]
}

/** A user's own order for a kind of data; that of the asset class goes before the one for all. Null: none was set. */
export async function readPreference(
  db: Db,
  o: { userId: string; kind: DataKind; assetClass: AssetClass },
): Promise<SourcePreference | null> {
  const p = userDataPreferences
  const rows = await db.drizzle
    .select()
    .from(p)
    .where(
      and(eq(p.userId, o.userId), eq(p.preferenceType, o.kind), inArray(p.assetClass, [o.assetClass, 'all'])),
    )
  const row = rows.find((r) => r.assetClass === o.assetClass) ?? rows[0]
  return row ? { primary: row.primarySource, fallbacks: row.fallbackSources } : null
}
