import { EditConflict, type UserTx } from '../user-scope.ts'
import { noSuchList, WatchlistProblem } from '../watchlist.ts'
import { lockWatchlists } from './lock-watchlists.ts'
import { putWatchlistItems } from './put-watchlist-items.ts'

const HELD = `select version, exists (
  select from watchlists o where o.user_id = $2 and o.id <> $1 and lower(o.name) = lower($3)
) as taken from watchlists where id = $1 and user_id = $2 for update`

const CHANGE = `update watchlists set name = coalesce($3, name), version = nextval('edit_versions')
where id = $1 and user_id = $2 returning version`

/**
 * Another name, or other items in this order. `version` is the one that the writer saw.
 * @returns the version that it has now.
 * @throws EditConflict when the list was changed meanwhile; WatchlistProblem when it cannot be so.
 */
export async function changeWatchlist(
  tx: UserTx,
  o: { id: string; version: number; name?: string; keys?: readonly string[] },
): Promise<number> {
  await lockWatchlists(tx)
  const { rows: held } = await tx.client.query(HELD, [o.id, tx.userId, o.name ?? null])
  if (held.length === 0) throw noSuchList()
  if (held[0].version !== o.version) throw new EditConflict('This list')
  if (held[0].taken) throw new WatchlistProblem('name_taken', `You have a list called “${o.name}” already.`)
  const { rows } = await tx.client.query(CHANGE, [o.id, tx.userId, o.name ?? null])
  if (o.keys) await putWatchlistItems(tx, { id: o.id, keys: o.keys })
  return rows[0].version
}
