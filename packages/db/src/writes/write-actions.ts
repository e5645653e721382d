import { isoFromMicros } from '@onetape/market'
import { decimalArray, plainArray, slicesOf } from '../array-text.ts'
import { type CorporateActionRow, nothingWritten, tally, type WriteContext, type Written } from '../batch.ts'
import { roundsOf } from '../rounds.ts'
import type { Queryable } from '../transaction.ts'

const valuesOf = (row: string) =>
  `jsonb_build_object('kind', ${row}.kind, 'ratio', ${row}.ratio, 'amount', ${row}.amount, 'currency', ${row}.currency)`

const UPSERT = `with offered as (
  select * from unnest($1::int[], $2::text[], $3::date[], $4::numeric[], $5::numeric[], $6::text[])
    as o (instrument_id, kind, ex_date, ratio, amount, currency)
),
before as materialized (
  select a.instrument_id, a.kind, a.ex_date, ${valuesOf('a')} as values from corporate_actions a
  join offered o using (instrument_id, kind, ex_date) where a.source_id = $7
),
written as (
  insert into corporate_actions as a (instrument_id, kind, ex_date, ratio, amount, currency, source_id)
  select o.*, $7::smallint from offered o order by instrument_id, kind, ex_date
  on conflict (instrument_id, kind, ex_date, source_id) do update
  set ratio = excluded.ratio, amount = excluded.amount, currency = excluded.currency
  where row (a.ratio, a.amount, a.currency) is distinct from row (excluded.ratio, excluded.amount, excluded.currency)
  returning a.instrument_id, a.kind, a.ex_date, ${valuesOf('a')} as values
),
restated as (
  insert into market_data_restatements (instrument_id, source_id, what, session_date, old, new, write_id, at)
  select w.instrument_id, $7, 'action', w.ex_date, b.values, w.values, $8, $9
  from written w join before b using (instrument_id, kind, ex_date)
  returning session_date
)
select count(*)::int as written, count(b.instrument_id)::int as updated, (select count(*) from restated)::int as restated
from written left join before b using (instrument_id, kind, ex_date)`

/** Splits and dividends by (instrument, kind, ex-date, source); what a source says last holds, what it said before is kept aside. */
export async function writeActions(
  client: Queryable,
  actions: readonly CorporateActionRow[],
  at: WriteContext,
): Promise<Written> {
  const done = nothingWritten(actions.length)
  const sorted = [...actions].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  for (const round of roundsOf(sorted, keyOf)) {
    for (const slice of slicesOf(round)) {
      const { rows } = await client.query(UPSERT, [
        ...columnsOf(slice),
        at.sourceId,
        at.writeId,
        isoFromMicros(at.fetchedAt),
      ])
      const { written, updated, restated } = rows[0]
      tally(done, { inserted: written - updated, updated, restated, minTs: null, maxTs: null })
    }
  }
  return done
}

const keyOf = (a: CorporateActionRow) => `${String(a.instrumentId).padStart(10, '0')} ${a.kind} ${a.exDate}`

const columnsOf = (actions: readonly CorporateActionRow[]): string[] => [
  plainArray(actions, (a) => a.instrumentId),
  plainArray(actions, (a) => a.kind),
  plainArray(actions, (a) => a.exDate),
  decimalArray(actions, (a) => a.ratio),
  decimalArray(actions, (a) => a.amount),
  plainArray(actions, (a) => a.currency),
]
