import type { Db } from '../connect.ts'
import { HOUSE, type SymbolSpan } from '../instrument.ts'
import { inTransaction } from '../transaction.ts'

const INSERT = `insert into instrument_symbols (instrument_id, provider, asset_class, symbol, valid_from, valid_to)
select i.id, '${HOUSE}', i.asset_class, r.symbol, r.valid_from, r.valid_to
from jsonb_to_recordset($2::jsonb) as r (symbol text, valid_from date, valid_to date)
join instruments i on i.id = $1`

/** Sets the house symbols of an instrument over time; the last of them becomes its current symbol. */
export async function renameInstrument(
  db: Db,
  o: { instrumentId: number; symbols: readonly SymbolSpan[] },
): Promise<void> {
  const last = o.symbols.toSorted((a, b) => (endOf(a) < endOf(b) ? -1 : endOf(a) > endOf(b) ? 1 : 0)).at(-1)
  if (!last) throw new RangeError('An instrument needs at least one symbol.')
  await inTransaction(db, async (client) => {
    // The update first: its row lock lets one renaming of an instrument happen at a time.
    const { rows } = await client.query('update instruments set symbol = $2 where id = $1 returning id', [
      o.instrumentId,
      last.symbol,
    ])
    if (rows.length === 0) throw new Error(`No instrument has the id ${o.instrumentId}.`)
    await client.query(`delete from instrument_symbols where instrument_id = $1 and provider = '${HOUSE}'`, [
      o.instrumentId,
    ])
    const spans = o.symbols.map((s) => ({ symbol: s.symbol, valid_from: s.validFrom, valid_to: s.validTo }))
    await client.query(INSERT, [o.instrumentId, JSON.stringify(spans)])
  })
}

const endOf = (s: SymbolSpan) => `${s.validTo ?? '9999-12-31'} ${s.validFrom ?? ''}`
