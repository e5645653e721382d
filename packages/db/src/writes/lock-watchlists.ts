import { lockUser, type UserTx } from '../user-scope.ts'

/** One change of a user's lists at a time: bounds and places are counted under it. @returns how many lists there are. */
export async function lockWatchlists(tx: UserTx): Promise<number> {
  await lockUser(tx)
  const { rows } = await tx.client.query('select count(*) as count from watchlists where user_id = $1', [
    tx.userId,
  ])
  return rows[0].count
}
