import type { UserTx } from '../user-scope.ts'
import { lockWatchlists } from './lock-watchlists.ts'

/** Removes a list with its items. @returns false when there was none. */
export async function removeWatchlist(tx: UserTx, id: string): Promise<boolean> {
  await lockWatchlists(tx)
  const { rows } = await tx.client.query(
    'delete from watchlists where id = $1 and user_id = $2 returning position',
    [id, tx.userId],
  )
  if (rows.length === 0) return false
  await tx.client.query(
    'update watchlists set position = position - 1 where user_id = $1 and position > $2',
    [tx.userId, rows[0].position],
  )
  return true
}
