import type { AssetClass } from '@onetape/market'
import type { Db } from '../connect.ts'
import { copyColumns, type Expressions } from '../copy-columns.ts'

/** What is known of an instrument and hardly ever changes. */
export interface InstrumentFacts {
  instrumentId: number
  key: string
  symbol: string
  assetClass: AssetClass
  name: string | null
  currency: string
}

const COLUMNS: Expressions<InstrumentFacts> = {
  instrumentId: 'i.id',
  key: 'i.key',
  symbol: 'i.symbol',
  assetClass: 'i.asset_class::text',
  name: 'i.name',
  currency: 'i.currency',
}

/** Of every instrument, or of some. */
export async function readInstrumentFacts(
  db: Db,
  o: { instrumentIds?: readonly number[] } = {},
): Promise<InstrumentFacts[]> {
  const some =
    o.instrumentIds && ` where i.id = any ('{${o.instrumentIds.map(Math.trunc).join(',')}}'::int[])`
  const c = await copyColumns(db, COLUMNS, `instruments i${some ?? ''}`)
  return c.instrumentId.map((instrumentId, n) => ({
    instrumentId,
    key: c.key[n]!,
    symbol: c.symbol[n]!,
    assetClass: c.assetClass[n]!,
    name: c.name[n]!,
    currency: c.currency[n]!,
  }))
}
