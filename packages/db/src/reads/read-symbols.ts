import { and, asc, eq, sql } from 'drizzle-orm'
import type { Db } from '../connect.ts'
import { HOUSE, type SymbolSpan } from '../instrument.ts'
import { instrumentSymbols } from '../schema/index.ts'

/** The house symbols of an instrument over time, oldest first. */
export async function readSymbols(db: Db, instrumentId: number): Promise<SymbolSpan[]> {
  const s = instrumentSymbols
  return await db.drizzle
    .select({ symbol: s.symbol, validFrom: s.validFrom, validTo: s.validTo })
    .from(s)
    .where(and(eq(s.instrumentId, instrumentId), eq(s.provider, HOUSE)))
    .orderBy(sql`${s.validFrom} nulls first`, asc(s.symbol))
}
