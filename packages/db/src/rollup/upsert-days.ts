import { decimalArray, microsArray, plainArray, slicesOf } from '../array-text.ts'
import { lockFor, type Queryable } from '../transaction.ts'
import { byDayKey, type Day } from './day.ts'

const OFFERED = `select * from unnest($1::int[], $2::date[], $3::smallint[], $4::basis[], $5::bigint[], $6::timestamptz[],
    $7::timestamptz[], $8::numeric[], $9::numeric[], $10::numeric[], $11::numeric[], $12::numeric[])
  as o (instrument_id, session_date, source_id, basis, write_id, open_ts, close_ts, open, high, low, close, volume)`

const INSERT = `insert into market_data_daily as d
  (instrument_id, session_date, source_id, basis, write_id, open_ts, close_ts, open, high, low, close, volume, settled)
select o.*, false from (${OFFERED}) o order by instrument_id, session_date, source_id, basis
on conflict (instrument_id, session_date, source_id, basis) do update`

// A day that the vendor gave as a whole has no open_ts: its open is the session's, and it is never replaced, only
// widened. A settled one is not touched at all.
const FOLD = `
  open = case when excluded.open_ts < coalesce(d.open_ts, '-infinity') then excluded.open else d.open end,
  open_ts = case when d.open_ts is null then null else least(d.open_ts, excluded.open_ts) end,
  high = greatest(d.high, excluded.high), low = least(d.low, excluded.low),
  close = case when excluded.close_ts > coalesce(d.close_ts, '-infinity') then excluded.close else d.close end,
  close_ts = greatest(d.close_ts, excluded.close_ts), volume = greatest(d.volume, excluded.volume),
  write_id = greatest(d.write_id, excluded.write_id)`

const FOLD_CHANGES = `excluded.open_ts < coalesce(d.open_ts, '-infinity')
  or excluded.close_ts > coalesce(d.close_ts, '-infinity') or excluded.high > d.high or excluded.low < d.low
  or (excluded.volume is not null and (d.volume is null or excluded.volume > d.volume))`

const REPLACE = `
  open = case when d.open_ts is null then d.open else excluded.open end,
  open_ts = case when d.open_ts is null then null else excluded.open_ts end,
  high = case when d.open_ts is null then greatest(d.high, excluded.high) else excluded.high end,
  low = case when d.open_ts is null then least(d.low, excluded.low) else excluded.low end,
  close = case when d.open_ts is null and excluded.close_ts <= coalesce(d.close_ts, '-infinity') then d.close else excluded.close end,
  close_ts = case when d.open_ts is null then greatest(d.close_ts, excluded.close_ts) else excluded.close_ts end,
  volume = case when d.open_ts is null then greatest(d.volume, excluded.volume) else excluded.volume end,
  write_id = greatest(d.write_id, excluded.write_id)`

const REPLACE_CHANGES = `case when d.open_ts is null then ${FOLD_CHANGES} else
  row (excluded.open, excluded.open_ts, excluded.high, excluded.low, excluded.close, excluded.close_ts, excluded.volume)
  is distinct from row (d.open, d.open_ts, d.high, d.low, d.close, d.close_ts, d.volume) end`

const statement = (set: string, where: string) =>
  `with touched as (${INSERT} set ${set} where not d.settled and (${where}) returning d.instrument_id)
   select count(*)::int as days from touched`

const FOLD_DAYS = statement(FOLD, FOLD_CHANGES)
const REPLACE_DAYS = statement(REPLACE, REPLACE_CHANGES)

/** Folds parts into their days. @returns how many days changed. */
export const foldDays = (client: Queryable, days: Iterable<Day>): Promise<number> =>
  upsert(client, FOLD_DAYS, days)

/** Puts complete days instead of those rolled up before; one that the vendor gave as a whole is only widened. */
export const replaceDays = (client: Queryable, days: Iterable<Day>): Promise<number> =>
  upsert(client, REPLACE_DAYS, days)

/** Before the first row is touched, and in order: writers of vendors' days hold one of these each. */
export async function lockSources(client: Queryable, days: Iterable<Day>): Promise<void> {
  const ids = new Set<number>()
  for (const day of days) ids.add(day.sourceId)
  for (const id of [...ids].sort((a, b) => a - b)) await lockFor(client, 'daily', id)
}

async function upsert(client: Queryable, text: string, days: Iterable<Day>): Promise<number> {
  let changed = 0
  for (const slice of slicesOf([...days].sort(byDayKey))) {
    const { rows } = await client.query(text, columnsOf(slice))
    changed += rows[0].days
  }
  return changed
}

const columnsOf = (days: readonly Day[]): string[] => [
  plainArray(days, (d) => d.instrumentId),
  plainArray(days, (d) => d.sessionDate),
  plainArray(days, (d) => d.sourceId),
  plainArray(days, (d) => d.basis),
  plainArray(days, (d) => d.writeId),
  microsArray(days, (d) => d.openTs),
  microsArray(days, (d) => d.closeTs),
  decimalArray(days, (d) => d.open),
  decimalArray(days, (d) => d.high),
  decimalArray(days, (d) => d.low),
  decimalArray(days, (d) => d.close),
  decimalArray(days, (d) => d.volume),
]
