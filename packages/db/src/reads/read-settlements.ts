import { and, eq, inArray, sql } from 'drizzle-orm'
import type { Db } from '../connect.ts'
import { instruments, marketDataRestatements, sources } from '../schema/index.ts'

export interface Settlements {
  /** Days whose official bar is not what the roll-up had made of them. */
  differing: number
  /** Those whose official close is further off than asked for, the furthest first. */
  far: { symbol: string; source: string; sessionDate: string; rolledUp: number; official: number }[]
}

/** How the official bars of some session dates compare with the roll-ups that they replaced. */
export async function readSettlements(
  db: Db,
  o: { sessionDates: readonly string[]; closeOffBy: number; limit: number },
): Promise<Settlements> {
  if (o.sessionDates.length === 0) return { differing: 0, far: [] }
  const r = marketDataRestatements
  const official = sql<number>`(${r.new} ->> 'close')::numeric`.mapWith(Number)
  const rolledUp = sql<number>`(${r.old} ->> 'close')::numeric`.mapWith(Number)
  const off = sql`abs(${official} / ${rolledUp} - 1)`
  const settled = and(eq(r.what, 'settled'), inArray(r.sessionDate, [...o.sessionDates]))
  const [counted] = await db.drizzle.select({ differing: sql<number>`count(*)::int` }).from(r).where(settled)
  const far = await db.drizzle
    .select({
      symbol: instruments.symbol,
      source: sources.name,
      sessionDate: r.sessionDate,
      rolledUp,
      official,
    })
    .from(r)
    .innerJoin(instruments, eq(instruments.id, r.instrumentId))
    .innerJoin(sources, eq(sources.id, r.sourceId))
    .where(and(settled, sql`${off} > ${o.closeOffBy}`))
    .orderBy(sql`${off} desc`, instruments.symbol)
    .limit(o.limit)
  return {
    differing: counted!.differing,
    far: far.map((row) => ({ ...row, sessionDate: row.sessionDate! })),
  }
}
