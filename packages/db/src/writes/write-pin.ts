import type { DataKind, Micros } from '@onetape/market'
import { and, eq } from 'drizzle-orm'
import { nextVersion, userPins } from '../schema/index.ts'
import { EditConflict, notifyUser, type UserTx } from '../user-scope.ts'

export interface PinToWrite {
  /** Of the instrument. */
  key: string
  kind: DataKind
  /** Null takes the pin away. */
  source: string | null
  /** That the writer saw; 0 where he saw none. */
  version: number
  /** Wall time. */
  at: Micros
}

/** @returns its new version, 0 where there is none now. @throws EditConflict when the pin is not as it was seen. */
export async function writePin(tx: UserTx, o: PinToWrite): Promise<{ version: number }> {
  const written = await write(tx, o)
  if (written === null) throw new EditConflict('This pin')
  await notifyUser(tx, 'pins')
  return { version: written }
}

async function write(tx: UserTx, o: PinToWrite): Promise<number | null> {
  const p = userPins
  const key = { userId: tx.userId, instrumentKey: o.key, preferenceType: o.kind }
  const where = and(eq(p.userId, tx.userId), eq(p.instrumentKey, o.key), eq(p.preferenceType, o.kind))
  const seen = and(where, eq(p.version, o.version))
  if (o.source === null) {
    if (o.version === 0) return (await tx.drizzle.select().from(p).where(where)).length === 0 ? 0 : null
    return (await tx.drizzle.delete(p).where(seen).returning({ version: p.version })).length === 1 ? 0 : null
  }
  const set = { source: o.source, updatedAt: o.at, version: nextVersion }
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
