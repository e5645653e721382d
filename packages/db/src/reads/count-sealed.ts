import type { Db } from '../connect.ts'

/** Under which keys the credentials of all users are sealed, and how many under each. */
export async function countSealed(db: Db): Promise<{ keyId: string; records: number }[]> {
  const { rows } = await db.pool.query<{ keyId: string; records: number }>(
    `select key_id as "keyId", count(*)::int as records from user_data_sources
     where sealed is not null group by 1 order by 1`,
  )
  return rows
}
