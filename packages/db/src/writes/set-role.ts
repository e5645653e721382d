import type { Db } from '../connect.ts'
import type { UserRole } from '../reads/read-users.ts'

// Operators are held still while one is demoted: of two who demote each other, the second finds nobody else left.
const SET = `with operators as (select id from users where role = 'operator' order by id for update)
update users set role = $2, updated_at = now()
where id = $1 and ($2 = 'operator' or exists (select from operators where id <> $1))
returning id`

/** @returns false when there is no such user, or when nobody else would be an operator. */
export async function setRole(db: Db, userId: string, role: UserRole): Promise<boolean> {
  const { rows } = await db.pool.query(SET, [userId, role])
  return rows.length > 0
}
