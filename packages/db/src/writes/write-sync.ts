import { isoFromMicros } from '@onetape/market'
import type { SyncRow } from '../batch.ts'
import type { Queryable } from '../transaction.ts'

/** This environment's own name; other environments' rows come with `sync`. */
export const LOCAL = 'local'

const UPSERT = `insert into market_data_sync
  (environment, scope, last_sync, next_sync, status, rows_behind, seconds_behind, detail)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (environment, scope) do update
set last_sync = excluded.last_sync, next_sync = excluded.next_sync, status = excluded.status,
    rows_behind = excluded.rows_behind, seconds_behind = excluded.seconds_behind, detail = excluded.detail`

/** How far a scope of this environment has come, stored with the batch that brought it there. */
export async function writeSync(client: Queryable, sync: SyncRow): Promise<void> {
  await client.query(UPSERT, [
    LOCAL,
    sync.scope,
    isoFromMicros(sync.lastSync),
    sync.nextSync === null ? null : isoFromMicros(sync.nextSync),
    sync.status,
    sync.rowsBehind ?? null,
    sync.secondsBehind ?? null,
    sync.detail === undefined ? null : JSON.stringify(sync.detail),
  ])
}
