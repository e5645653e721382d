import type { Db } from '../connect.ts'

export interface SealedRow {
  /** Of the source: what it is sealed to, with the user's. */
  sourceId: string
  userId: string
  keyId: string
  sealed: Buffer
}

/** Sealed credentials of all users, by the id of the source, for a change of keys. */
export async function listSealed(db: Db, o: { afterId: string | null; limit: number }): Promise<SealedRow[]> {
  const { rows } = await db.pool.query<SealedRow>(
    `select id as "sourceId", user_id as "userId", key_id as "keyId", sealed from user_data_sources
     where sealed is not null and ($1::uuid is null or id > $1) order by id limit $2`,
    [o.afterId, o.limit],
  )
  return rows
}
