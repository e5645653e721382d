import type { Db } from '../connect.ts'
import { HOUSE, INSTRUMENT_COLUMNS, type Instrument } from '../instrument.ts'

// A reused symbol means whoever bears it now, rather than whoever bore it last.
const FIND = `select ${INSTRUMENT_COLUMNS}
from instruments i
where i.key = $1 or i.symbol = upper($1)
order by i.key = $1 desc, i.asset_class = 'equity' desc,
  exists (select from instrument_symbols s
          where s.instrument_id = i.id and s.provider = '${HOUSE}' and s.symbol = i.symbol and s.valid_to is null) desc,
  i.listed_on desc nulls last, i.id desc
limit 1`

/** By key, or by current house symbol (an equity before anything else of that name). */
export async function readInstrument(db: Db, keyOrSymbol: string): Promise<Instrument | null> {
  const { rows } = await db.pool.query<Instrument>(FIND, [keyOrSymbol])
  return rows[0] ?? null
}
