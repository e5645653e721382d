import type { UserTx } from '../user-scope.ts'
import { WATCHLISTS_MAX, type Watchlist, WatchlistProblem } from '../watchlist.ts'
import { lockWatchlists } from './lock-watchlists.ts'
import { putWatchlistItems } from './put-watchlist-items.ts'

const INSERT = `insert into watchlists (user_id, name, position) values ($1, $2, $3)
on conflict (user_id, lower(name)) do nothing returning id, version`

/**
 * Adds a list, at a place among the others or behind them.
 * @throws WatchlistProblem when the name is taken, there are too many, or a key is nobody's.
 */
export async function addWatchlist(
  tx: UserTx,
  o: { name: string; keys: readonly string[]; position?: number },
): Promise<Pick<Watchlist, 'id' | 'version'>> {
  const count = await lockWatchlists(tx)
  if (count >= WATCHLISTS_MAX)
    throw new WatchlistProblem(
      'too_many',
      `You have ${count} lists, which is as many as you may keep. Remove one.`,
    )
  const at = Math.min(o.position ?? count, count)
  if (at < count)
    await tx.client.query(
      'update watchlists set position = position + 1 where user_id = $1 and position >= $2',
      [tx.userId, at],
    )
  const { rows } = await tx.client.query<Pick<Watchlist, 'id' | 'version'>>(INSERT, [tx.userId, o.name, at])
  const added = rows[0]
  if (!added) throw new WatchlistProblem('name_taken', `You have a list called “${o.name}” already.`)
  await putWatchlistItems(tx, { id: added.id, keys: o.keys })
  return added
}
