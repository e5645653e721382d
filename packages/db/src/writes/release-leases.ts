import type { Db } from '../connect.ts'

/** Gives leases back before they run out; those of another holder stay. @param names all of the holder's when absent. */
export async function releaseLeases(db: Db, o: { holder: string; names?: readonly string[] }): Promise<void> {
  await db.pool.query(`delete from leases where holder = $1 and ($2::text[] is null or name = any ($2))`, [
    o.holder,
    o.names ?? null,
  ])
}
