import type { Db } from '../connect.ts'

export interface SealedOwner {
  sourceId: string
  /** Its name in the user's orders. */
  source: string
  userId: string
  userName: string
  email: string
}

/** Whose sealed credentials these are, to tell the operator of those that do not open. */
export async function readSealedOwners(db: Db, sourceIds: readonly string[]): Promise<SealedOwner[]> {
  if (sourceIds.length === 0) return []
  const { rows } = await db.pool.query<SealedOwner>(
    `select s.id as "sourceId", s.source, s.user_id as "userId", u.name as "userName", u.email
     from user_data_sources s join users u on u.id = s.user_id
     where s.id = any ($1::uuid[]) order by u.email, s.source`,
    [sourceIds],
  )
  return rows
}
