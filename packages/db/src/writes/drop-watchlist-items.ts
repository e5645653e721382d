import type { UserTx } from '../user-scope.ts'
import { noSuchList } from '../watchlist.ts'

const DROP = `delete from watchlist_items w using instruments i
where w.watchlist_id = $1 and w.user_id = $2 and i.id = w.instrument_id and i.key = any ($3::text[])`

/** Takes instruments out of a list; what it does not hold is no error. @throws WatchlistProblem when there is no such list. */
export async function dropWatchlistItems(
  tx: UserTx,
  { id, keys }: { id: string; keys: readonly string[] },
): Promise<{ version: number }> {
  const { rows } = await tx.client.query(
    `update watchlists set version = nextval('edit_versions') where id = $1 and user_id = $2 returning version`,
    [id, tx.userId],
  )
  if (rows.length === 0) throw noSuchList()
  await tx.client.query(DROP, [id, tx.userId, keys])
  return { version: rows[0].version }
}
