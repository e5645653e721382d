import type { Queryable } from '../transaction.ts'

// An unchanged price makes no new tick, so latest may be newer than its tick, never older; a tick that the vendor
// contradicted keeps its first value, while latest has the second. One look at the end of the key for each instrument.
const DIFFERING = `select i.key, s.name as source, l.ts, l.last, t.ts as tick_ts, t.price
from market_data_latest l
  join instruments i on i.id = l.instrument_id join sources s on s.id = l.source_id
  cross join lateral (
    select ts, price from market_data_ticks
    where instrument_id = l.instrument_id and source_id = l.source_id
      and write_id not in (select write_id from tape_batches where id is null)
    order by ts desc limit 1) t
where t.ts > l.ts or (t.price::float8 <> l.last::float8 and not exists (
  select from market_data_restatements r
  where r.instrument_id = l.instrument_id and r.source_id = l.source_id and r.what = 'tick' and r.ts = t.ts))
order by l.instrument_id limit $1`

export async function differingLatest(client: Queryable, limit: number): Promise<string[]> {
  const { rows } = await client.query(DIFFERING, [limit])
  const at = (us: number) => new Date(us / 1000).toISOString()
  return rows.map(
    (r) =>
      `${r.key} latest ${r.last} of ${at(r.ts)} by ${r.source}: its newest tick is ${r.price} of ${at(r.tick_ts)}`,
  )
}
