import { instrumentKey, isInstrumentKey } from '@onetape/market'
import type { PoolClient } from 'pg'
import type { Db } from '../connect.ts'
import { HOUSE, INSTRUMENT_COLUMNS, type Instrument, type InstrumentToMint } from '../instrument.ts'
import { inTransaction } from '../transaction.ts'

// A name that is known better than before replaces the old one; nothing is forgotten for want of an answer.
const UPSERT = `insert into instruments as i (key, asset_class, symbol, name, currency, listing_type, listed_on)
select key, asset_class, symbol, name, coalesce(currency, fallback_currency), listing_type, listed_on
from jsonb_to_recordset($1::jsonb) as r (key text, asset_class asset_class, symbol text, name text, currency text,
  fallback_currency text, listing_type text, listed_on date)
order by key
on conflict (key) do update
set name = coalesce(excluded.name, i.name), listing_type = coalesce(excluded.listing_type, i.listing_type),
    listed_on = coalesce(excluded.listed_on, i.listed_on)
where row (coalesce(excluded.name, i.name), coalesce(excluded.listing_type, i.listing_type),
           coalesce(excluded.listed_on, i.listed_on))
      is distinct from row (i.name, i.listing_type, i.listed_on)`

// A symbol that the instrument has ever borne keeps the dates that are known; they are `renameInstrument`'s to set.
const NAME = `insert into instrument_symbols (instrument_id, provider, asset_class, symbol, valid_from, valid_to)
select i.id, '${HOUSE}', r.asset_class, r.symbol, r.valid_from, r.valid_to
from jsonb_to_recordset($1::jsonb)
  as r (key text, asset_class asset_class, symbol text, valid_from date, valid_to date)
join instruments i using (key)
where not exists (select from instrument_symbols s
                  where s.instrument_id = i.id and s.provider = '${HOUSE}' and s.symbol = r.symbol)
order by i.id, r.symbol
on conflict do nothing`

/** Idempotent by key. @returns the instruments in the order asked for. @throws RangeError for a key that is none. */
export async function mintInstruments(db: Db, infos: readonly InstrumentToMint[]): Promise<Instrument[]> {
  if (infos.length === 0) return []
  const keys = infos.map((info) => info.key ?? instrumentKey(info.ref))
  const wrong = keys.find((key) => !isInstrumentKey(key))
  if (wrong !== undefined) throw new RangeError(`${wrong} is not an instrument key, e.g. equity:US:AAPL.`)
  const records = new Map(infos.map((info, n) => [keys[n]!, recordOf(info, keys[n]!)]))
  const minted = await inTransaction(db, (client) => mint(client, [...records.values()]))
  return keys.map((key) => minted.get(key)!)
}

async function mint(client: PoolClient, records: object[]): Promise<Map<string, Instrument>> {
  const json = JSON.stringify(records)
  await client.query(UPSERT, [json])
  await client.query(NAME, [json])
  const { rows } = await client.query<Instrument>(
    `select ${INSTRUMENT_COLUMNS} from instruments i join jsonb_to_recordset($1::jsonb) as r (key text) using (key)`,
    [json],
  )
  return new Map(rows.map((row) => [row.key, row]))
}

function recordOf(info: InstrumentToMint, key: string): object {
  const { assetClass, symbol } = info.ref
  const pair = assetClass === 'crypto' || assetClass === 'fx'
  return {
    key,
    asset_class: assetClass,
    symbol,
    name: info.name ?? null,
    currency: info.currency ?? null,
    fallback_currency: (pair && symbol.split('-')[1]) || 'USD',
    listing_type: info.listingType ?? null,
    listed_on: info.listedOn ?? null,
    valid_from: info.validFrom ?? null,
    valid_to: info.validTo ?? null,
  }
}
