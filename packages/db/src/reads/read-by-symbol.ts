import type { AssetClass } from '@onetape/market'
import type { Db } from '../connect.ts'
import { HOUSE } from '../instrument.ts'

/** An instrument that a text may mean. */
export interface Bearer {
  /** As it was asked for. */
  text: string
  key: string
  symbol: string
  assetClass: AssetClass
  /** Whether it bears the name now, rather than in its past. */
  isCurrent: boolean
}

// Whoever bears a symbol now goes before whoever bore it once; an equity before anything else of that name.
const READ = `with asked as (select distinct t as text from unnest($1::text[]) as t),
found as (
  select a.text, i.id, true as is_current from asked a join instruments i on i.key = a.text
  union
  select a.text, i.id, true from asked a join instruments i on i.symbol = a.text
  union
  select a.text, s.instrument_id, false from asked a
  join instrument_symbols s on s.symbol = a.text and s.provider = '${HOUSE}'
)
select distinct on (f.text) f.text, i.key, i.symbol, i.asset_class as "assetClass", f.is_current as "isCurrent"
from found f join instruments i on i.id = f.id
order by f.text, i.key = f.text desc, f.is_current desc, i.asset_class, i.listed_on desc nulls last, i.id desc`

/** Whom each key or symbol means, many at once; upper case is asked for as it is written. */
export async function readBySymbol(db: Db, texts: readonly string[]): Promise<Map<string, Bearer>> {
  if (texts.length === 0) return new Map()
  const { rows } = await db.pool.query<Bearer>(READ, [texts])
  return new Map(rows.map((row) => [row.text, row]))
}
