import type { Db } from '../connect.ts'

/** Version of the PostgreSQL server, e.g. `18.4`. */
export async function readServerVersion(db: Db): Promise<string> {
  const { rows } = await db.pool.query(
    `select split_part(current_setting('server_version'), ' ', 1) as version`,
  )
  return rows[0].version
}
