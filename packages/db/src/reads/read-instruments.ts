import type { AssetClass } from '@onetape/market'
import { eq } from 'drizzle-orm'
import type { Db } from '../connect.ts'
import { type Instrument, instrumentColumns } from '../instrument.ts'
import { instruments } from '../schema/index.ts'

/** Every instrument, or those of one class, by id. */
export async function readInstruments(db: Db, o: { assetClass?: AssetClass } = {}): Promise<Instrument[]> {
  return await db.drizzle
    .select(instrumentColumns)
    .from(instruments)
    .where(o.assetClass && eq(instruments.assetClass, o.assetClass))
    .orderBy(instruments.id)
}
