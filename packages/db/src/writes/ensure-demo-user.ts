import type { Db } from '../connect.ts'

/** In demo, whoever has not signed in is this one; without a password, so nobody signs in as it. */
export const DEMO_USER = { id: 'demo', name: 'Demo', email: 'demo@onetape.invalid' } as const

const MAKE = `insert into users (id, name, email, role) values ($1, $2, $3, 'operator')
on conflict (id) do update set role = 'operator' where users.role <> 'operator'`

export async function ensureDemoUser(db: Db): Promise<void> {
  await db.pool.query(MAKE, [DEMO_USER.id, DEMO_USER.name, DEMO_USER.email])
}
