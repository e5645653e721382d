import type { AssetClass, DataKind, Micros } from '@onetape/market'
import { and, eq } from 'drizzle-orm'
import type { SourcePreference } from '../reads/read-preference.ts'
import { nextVersion, userDataPreferences } from '../schema/index.ts'
import { EditConflict, notifyUser, type UserTx } from '../user-scope.ts'

export interface OrderToWrite {
  kind: DataKind
  assetClass: AssetClass | 'all'
  /** Null removes the user's own order: the next wider one, or the house's, applies again. */
  order: SourcePreference | null
  /** That the writer saw; 0 where he saw none. */
  version: number
  /** Wall time. */
  at: Micros
}

/** @returns its new version, 0 where there is none now. @throws EditConflict when the order is not as it was seen. */
export async function writeOrder(tx: UserTx, o: OrderToWrite): Promise<{ version: number }> {
  const written = await write(tx, o)
  if (written === null) throw new EditConflict('This order')
  await notifyUser(tx, 'orders')
  return { version: written }
}

async function write(tx: UserTx, o: OrderToWrite): Promise<number | null> {
  const p = userDataPreferences
  const key = { userId: tx.userId, preferenceType: o.kind, assetClass: o.assetClass }
  const where = and(eq(p.userId, tx.userId), eq(p.preferenceType, o.kind), eq(p.assetClass, o.assetClass))
  const seen = and(where, eq(p.version, o.version))
  if (o.order === null) {
    if (o.version === 0) return (await tx.drizzle.select().from(p).where(where)).length === 0 ? 0 : null
    return (await tx.drizzle.delete(p).where(seen).returning({ version: p.version })).length === 1 ? 0 : null
  }
  const set = {
    primarySource: o.order.primary,
    fallbackSources: [...o.order.fallbacks],
    updatedAt: o.at,
    version: nextVersion,
  }
  const rows =
    o.version === 0
      ? await tx.drizzle
          .insert(p)
          .values({ ...key, ...set })
          .onConflictDoNothing()
          .returning({ version: p.version })
      : await tx.drizzle.update(p).set(set).where(seen).returning({ version: p.version })
  return rows[0]?.version ?? null
}
