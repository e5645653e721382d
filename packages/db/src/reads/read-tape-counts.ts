import type { Db } from '../connect.ts'

export interface TapeCounts {
  instruments: number
  /** The statistics' estimates, cheap at any size. */
  ticks: number
  bars: number
  days: number
  /** Size of the whole database. */
  bytes: number
}

const ESTIMATE = (table: string) => `(
  select coalesce(sum(greatest(c.reltuples, s.n_live_tup, 0)), 0)::bigint
  from pg_partition_tree('${table}') t join pg_class c on c.oid = t.relid left join pg_stat_user_tables s on s.relid = c.oid
  where t.isleaf)`

/** How much the tape holds. */
export async function readTapeCounts(db: Db): Promise<TapeCounts> {
  const { rows } = await db.pool.query<TapeCounts>(
    `select (select count(*) from instruments) as instruments, ${ESTIMATE('market_data_ticks')} as ticks,
       ${ESTIMATE('market_data_bars')} as bars,
       (select greatest(c.reltuples, s.n_live_tup, 0)::bigint from pg_class c left join pg_stat_user_tables s on s.relid = c.oid
        where c.oid = 'market_data_daily'::regclass) as days,
       pg_database_size(current_database()) as bytes`,
  )
  return rows[0]!
}
