import type { UserTx } from '../user-scope.ts'

/** Instruments of one list, by id; null when the user has no such list. */
export async function readWatchlistIds(tx: UserTx, id: string): Promise<number[] | null> {
  const { rows } = await tx.client.query<{ ids: number[] }>(
    `select coalesce((select array_agg(i.instrument_id order by i.instrument_id) from watchlist_items i
                      where i.watchlist_id = w.id), '{}') as ids
     from watchlists w where w.id = $1 and w.user_id = $2`,
    [id, tx.userId],
  )
  return rows[0]?.ids ?? null
}
