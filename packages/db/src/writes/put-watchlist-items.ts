import type { UserTx } from '../user-scope.ts'
import { WATCHLIST_ITEMS_MAX, WatchlistProblem } from '../watchlist.ts'

const REPLACE = `with wanted as (
  select distinct on (i.id) i.id, k.place from unnest($3::text[]) with ordinality as k (key, place)
  join instruments i on i.key = k.key order by i.id, k.place
),
gone as (
  delete from watchlist_items where watchlist_id = $1 and instrument_id not in (select id from wanted)
),
put as (
  insert into watchlist_items as w (watchlist_id, user_id, instrument_id, position)
  select $1, $2, id, place from wanted
  on conflict (watchlist_id, instrument_id) do update set position = excluded.position
  where w.position is distinct from excluded.position
)
select count(*) as known from wanted`

/** The items of a list, in this order, in place of those that it has. @throws WatchlistProblem when a key is nobody's. */
export async function putWatchlistItems(
  tx: UserTx,
  { id, keys }: { id: string; keys: readonly string[] },
): Promise<void> {
  const wanted = [...new Set(keys)]
  if (wanted.length > WATCHLIST_ITEMS_MAX) throw tooLong(wanted.length)
  const { rows } = await tx.client.query(REPLACE, [id, tx.userId, wanted])
  if (rows[0].known < wanted.length)
    throw new WatchlistProblem(
      'unknown_instrument',
      'One of these instruments is not on the tape; search for it.',
    )
}

export const tooLong = (length: number): WatchlistProblem =>
  new WatchlistProblem(
    'too_many',
    `A list holds at most ${WATCHLIST_ITEMS_MAX} instruments; this would be ${length}.`,
  )
