import type { UserTx } from '../user-scope.ts'
import type { Watchlist } from '../watchlist.ts'

// The policy says whose rows they are; the user is named all the same, for the index.
const READ = `select w.id, w.name, w.version, coalesce((
  select json_agg(json_build_object('key', n.key, 'symbol', n.symbol, 'name', n.name, 'assetClass', n.asset_class)
                  order by i.position, i.instrument_id)
  from watchlist_items i join instruments n on n.id = i.instrument_id where i.watchlist_id = w.id
), '[]') as items
from watchlists w where w.user_id = $1 and ($2::uuid is null or w.id = $2)
order by w.position, w.created_at, w.id`

/** The user's lists in their order, each with its items; or one of them. */
export async function readWatchlists(tx: UserTx, o: { id?: string } = {}): Promise<Watchlist[]> {
  const { rows } = await tx.client.query<Watchlist>(READ, [tx.userId, o.id ?? null])
  return rows
}
