import type { Db } from '../connect.ts'

export interface Rewrap {
  sourceId: string
  /** As it was read: what a user has replaced meanwhile stays as it is. */
  from: { keyId: string; sealed: Buffer }
  to: { keyId: string; sealed: Buffer }
}

/** Puts the same credentials under another key. @returns false where they were changed or removed meanwhile. */
export async function rewrapSealed(db: Db, { sourceId, from, to }: Rewrap): Promise<boolean> {
  const { rows } = await db.pool.query(
    `update user_data_sources set key_id = $4, sealed = $5 where id = $1 and key_id = $2 and sealed = $3 returning id`,
    [sourceId, from.keyId, from.sealed, to.keyId, to.sealed],
  )
  return rows.length === 1
}
