import type { Db } from '../connect.ts'
import { type FoundInstrument, HOUSE, INSTRUMENT_COLUMNS } from '../instrument.ts'

const TEXT_MAX = 64
const LIMIT_MAX = 200

// Ranks: the symbol itself, a past symbol, the whole name (of a pair its first half: `Bitcoin - US dollar`), beginnings of a symbol, words of the name. Dashes do not count (BTCUSD).
const SEARCH = `with past as (
  select instrument_id, array_agg(distinct symbol order by symbol) as symbols,
         bool_or(replace(symbol, '-', '') = $1) as same,
         bool_or(replace(symbol, '-', '') like $2) as begins
  from instrument_symbols s
  where provider = '${HOUSE}'
    and not exists (select from instruments i where i.id = s.instrument_id and i.symbol = s.symbol)
  group by instrument_id
),
ranked as (
  select ${INSTRUMENT_COLUMNS}, coalesce(p.symbols, '{}') as "pastSymbols",
    case when replace(i.symbol, '-', '') = $1 then 0
         when p.same then 1
         when lower($5) in (lower(i.name), lower(split_part(i.name, ' - ', 1))) then 2
         when replace(i.symbol, '-', '') like $2 then 3
         when p.begins then 4
         when ' ' || i.name ilike all ($3::text[]) then 5
    end as rank
  from instruments i left join past p on p.instrument_id = i.id
)
select id, key, "assetClass", symbol, name, currency, "listingType", "pastSymbols"
from ranked where rank is not null
order by rank, length(symbol), symbol, id limit $4`

/** By symbol, past symbol, beginning of one, or words of the name; best first. */
export async function searchInstruments(
  db: Db,
  o: { text: string; limit: number },
): Promise<FoundInstrument[]> {
  const text = o.text.slice(0, TEXT_MAX).replaceAll('\0', '').trim()
  if (text === '') return []
  const symbol = text.toUpperCase().replaceAll('-', '')
  const words = text.split(/\s+/).map((word) => `% ${literal(word)}%`)
  const limit = Math.max(0, Math.min(o.limit, LIMIT_MAX))
  const { rows } = await db.pool.query<FoundInstrument>(SEARCH, [
    symbol,
    `${literal(symbol)}%`,
    words,
    limit,
    text,
  ])
  return rows
}

/** What is typed is text, not a pattern. */
const literal = (text: string) => text.replace(/[\\%_]/g, '\\$&')
