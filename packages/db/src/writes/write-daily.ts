import { isoFromMicros, type Micros } from '@onetape/market'
import { decimalArray, plainArray, slicesOf } from '../array-text.ts'
import { type DailyRow, nothingWritten, tally, type WriteContext, type Written } from '../batch.ts'
import { roundsOf } from '../rounds.ts'
import { lockFor, type Queryable } from '../transaction.ts'

const valuesOf = (row: string) =>
  `jsonb_build_object('open', ${row}.open, 'high', ${row}.high, 'low', ${row}.low, 'close', ${row}.close, 'volume', ${row}.volume)`

// An unsettled day moves freely and is settled once; a settled one changes only into another settled one.
// A day that the vendor gives as a whole has no open_ts; its close is as old as the answer that held it. Where it settles
// a day that was rolled up to something else, both are kept.
const UPSERT = `with offered as materialized (
  select * from unnest($1::int[], $2::date[], $3::basis[], $4::boolean[],
                       $5::numeric[], $6::numeric[], $7::numeric[], $8::numeric[], $9::numeric[])
    as o (instrument_id, session_date, basis, settled, open, high, low, close, volume)
),
before as materialized (
  select d.instrument_id, d.session_date, d.basis, d.settled, d.open_ts is not null as rolled_up, ${valuesOf('d')} as values
  from offered o
  join market_data_daily d on d.instrument_id = o.instrument_id and d.session_date = o.session_date
    and d.source_id = $10 and d.basis = o.basis
),
written as (
  insert into market_data_daily as d
    (instrument_id, session_date, source_id, settled, basis, write_id, close_ts, open, high, low, close, volume)
  select instrument_id, session_date, $10, settled, basis, $11, case when settled then null else $12::timestamptz end,
         open, high, low, close, volume
  from offered order by instrument_id, session_date, basis
  on conflict (instrument_id, session_date, source_id, basis) do update
  set settled = excluded.settled, write_id = excluded.write_id, open_ts = null, close_ts = excluded.close_ts,
      open = excluded.open, high = excluded.high, low = excluded.low, close = excluded.close, volume = excluded.volume
  where case when d.settled <> excluded.settled then excluded.settled
             else (d.open, d.high, d.low, d.close) <> (excluded.open, excluded.high, excluded.low, excluded.close)
                  or d.volume is distinct from excluded.volume end
  returning d.instrument_id, d.session_date, d.basis, d.settled, ${valuesOf('d')} as values
),
restated as (
  insert into market_data_restatements (instrument_id, source_id, what, session_date, basis, old, new, write_id, at)
  select w.instrument_id, $10, case when b.settled then 'daily' else 'settled' end, w.session_date, w.basis, b.values,
    w.values, $11, $12
  from written w join before b using (instrument_id, session_date, basis)
  where b.settled or (w.settled and b.rolled_up and b.values <> w.values)
  returning session_date
)
select count(*)::int as written, count(b.instrument_id)::int as updated,
       (select count(*) from restated)::int as restated,
       min(w.session_date)::text as min_date, max(w.session_date)::text as max_date
from written w left join before b using (instrument_id, session_date, basis)`

/** Under this source's lock, which the roll-up takes too: whoever changes a day sees what it replaces. */
export async function writeDaily(
  client: Queryable,
  days: readonly DailyRow[],
  at: WriteContext,
): Promise<Written> {
  const written = nothingWritten(days.length)
  if (days.length === 0) return written
  await lockFor(client, 'daily', at.sourceId)
  for (const round of roundsOf(
    [...days].sort(byKey),
    (d) => `${d.instrumentId} ${d.sessionDate} ${d.basis}`,
  )) {
    for (const slice of slicesOf(round)) {
      const { rows } = await client.query(UPSERT, [
        ...columnsOf(slice),
        at.sourceId,
        at.writeId,
        isoFromMicros(at.fetchedAt),
      ])
      const { written: touched, updated, restated, min_date, max_date } = rows[0]
      const [minTs, maxTs] = [midnight(min_date), midnight(max_date)]
      tally(written, { inserted: touched - updated, updated, restated, minTs, maxTs })
    }
  }
  return written
}

const byKey = (a: DailyRow, b: DailyRow) =>
  a.instrumentId - b.instrumentId ||
  (a.sessionDate < b.sessionDate
    ? -1
    : a.sessionDate > b.sessionDate
      ? 1
      : a.basis < b.basis
        ? -1
        : a.basis > b.basis
          ? 1
          : 0)

/** The ledger speaks instants: a session date is its midnight UTC. */
const midnight = (date: string | null): Micros | null =>
  date === null ? null : Date.parse(`${date}T00:00:00Z`) * 1000

const columnsOf = (days: readonly DailyRow[]): string[] => [
  plainArray(days, (d) => d.instrumentId),
  plainArray(days, (d) => d.sessionDate),
  plainArray(days, (d) => d.basis),
  plainArray(days, (d) => d.settled),
  decimalArray(days, (d) => d.open),
  decimalArray(days, (d) => d.high),
  decimalArray(days, (d) => d.low),
  decimalArray(days, (d) => d.close),
  decimalArray(days, (d) => d.volume),
]
