import { EditConflict, type UserTx } from '../user-scope.ts'
import { lockWatchlists } from './lock-watchlists.ts'

const ORDER = `update watchlists w set position = o.place - 1
from unnest($2::uuid[]) with ordinality as o (id, place)
where w.id = o.id and w.user_id = $1 returning w.id`

/** The user's lists in this order, every one of them. @throws EditConflict when they are others by now. */
export async function orderWatchlists(tx: UserTx, ids: readonly string[]): Promise<void> {
  const count = await lockWatchlists(tx)
  const { rows } = await tx.client.query(ORDER, [tx.userId, ids])
  if (rows.length !== count || new Set(ids).size !== ids.length || ids.length !== count)
    throw new EditConflict('The order of your lists')
}
