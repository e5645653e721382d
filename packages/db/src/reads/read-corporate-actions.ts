import { asc, eq } from 'drizzle-orm'
import type { CorporateActionRow } from '../batch.ts'
import type { Db } from '../connect.ts'
import { corporateActions, sources } from '../schema/index.ts'

export interface CorporateActionView extends CorporateActionRow {
  source: string
}

/** Splits and dividends of an instrument as each source tells them, oldest first. */
export async function readCorporateActions(db: Db, instrumentId: number): Promise<CorporateActionView[]> {
  const a = corporateActions
  return await db.drizzle
    .select({
      instrumentId: a.instrumentId,
      kind: a.kind,
      exDate: a.exDate,
      ratio: a.ratio,
      amount: a.amount,
      currency: a.currency,
      source: sources.name,
    })
    .from(a)
    .innerJoin(sources, eq(sources.id, a.sourceId))
    .where(eq(a.instrumentId, instrumentId))
    .orderBy(asc(a.exDate), asc(a.kind), asc(sources.name))
}
