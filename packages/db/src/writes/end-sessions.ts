import type { Db } from '../connect.ts'

const END = `delete from auth_sessions
where user_id = $1 and ($2::text is null or id = $2) and ($3::text is null or id <> $3) returning id`

/** Ends sessions of one user: the one named, or all but the one that is kept. @returns how many. */
export async function endSessions(
  db: Db,
  o: { userId: string; id?: string; keep?: string | null },
): Promise<number> {
  const { rows } = await db.pool.query(END, [o.userId, o.id ?? null, o.keep ?? null])
  return rows.length
}
