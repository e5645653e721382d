import type { UserTx } from '../user-scope.ts'
import { noSuchList, WATCHLIST_ITEMS_MAX, WatchlistProblem } from '../watchlist.ts'
import { lockWatchlists } from './lock-watchlists.ts'
import { tooLong } from './put-watchlist-items.ts'

const ADD = `with wanted as (
  select distinct on (i.id) i.id, k.place from unnest($3::text[]) with ordinality as k (key, place)
  join instruments i on i.key = k.key order by i.id, k.place
),
behind as (select coalesce(max(position), 0) as at from watchlist_items where watchlist_id = $1),
added as (
  insert into watchlist_items (watchlist_id, user_id, instrument_id, position)
  select $1, $2, id, behind.at + place from wanted, behind
  on conflict (watchlist_id, instrument_id) do nothing returning instrument_id
)
select (select count(*) from wanted) as known, (select count(*) from added) as added,
  (select count(*) from watchlist_items where watchlist_id = $1) as held`

/**
 * Puts instruments behind those that a list has; whoever is there already stays where it is. Two adds do not conflict.
 * @throws WatchlistProblem when there is no such list, it would be too long, or a key is nobody's.
 */
export async function addWatchlistItems(
  tx: UserTx,
  { id, keys }: { id: string; keys: readonly string[] },
): Promise<{ version: number; added: number }> {
  await lockWatchlists(tx)
  const { rows: list } = await tx.client.query(
    `update watchlists set version = nextval('edit_versions') where id = $1 and user_id = $2 returning version`,
    [id, tx.userId],
  )
  if (list.length === 0) throw noSuchList()
  const wanted = [...new Set(keys)]
  const { rows } = await tx.client.query(ADD, [id, tx.userId, wanted])
  const { known, added, held } = rows[0]
  if (known < wanted.length)
    throw new WatchlistProblem(
      'unknown_instrument',
      'One of these instruments is not on the tape; search for it.',
    )
  if (held + added > WATCHLIST_ITEMS_MAX) throw tooLong(held + added)
  return { version: list[0].version, added }
}
