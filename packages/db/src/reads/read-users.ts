import type { Micros } from '@onetape/market'
import type { Db } from '../connect.ts'

export type UserRole = 'member' | 'operator'

export interface User {
  id: string
  name: string
  email: string
  role: UserRole
  createdAt: Micros
}

const USERS_MAX = 5_000
const READ = `select id, name, email, role, created_at as "createdAt" from users
where $1::text is null or id = $1 order by created_at, id limit ${USERS_MAX}`

/** Who may sign in, oldest first; or the one named. */
export async function readUsers(db: Db, id?: string): Promise<User[]> {
  return (await db.pool.query<User>(READ, [id ?? null])).rows
}
