import type { AssetClass, DataKind } from '@onetape/market'
import { and, eq, inArray } from 'drizzle-orm'
import { userDataPreferences } from '../schema/index.ts'
import type { UserTx } from '../user-scope.ts'

export interface SourcePreference {
  primary: string
  fallbacks: readonly string[]
}

/** A user's own order for a kind of data; that of the asset class goes before the one for all. Null: none was set. */
export async function readPreference(
  tx: UserTx,
  o: { kind: DataKind; assetClass: AssetClass },
): Promise<SourcePreference | null> {
  const p = userDataPreferences
  const rows = await tx.drizzle
    .select()
    .from(p)
    .where(
      and(
        eq(p.userId, tx.userId),
        eq(p.preferenceType, o.kind),
        inArray(p.assetClass, [o.assetClass, 'all']),
      ),
    )
  const row = rows.find((r) => r.assetClass === o.assetClass) ?? rows[0]
  return row ? { primary: row.primarySource, fallbacks: row.fallbackSources } : null
}
