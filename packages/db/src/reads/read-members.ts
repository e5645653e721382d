import { asc, eq } from 'drizzle-orm'
import type { Db } from '../connect.ts'
import { universeMembers, universeTiers } from '../schema/index.ts'

/** The fastest enabled tier of each instrument; between equals the more urgent one. */
export async function readMembers(db: Db): Promise<{ instrumentId: number; tier: string }[]> {
  const m = universeMembers
  return await db.drizzle
    .selectDistinctOn([m.instrumentId], { instrumentId: m.instrumentId, tier: m.tier })
    .from(m)
    .innerJoin(universeTiers, eq(universeTiers.name, m.tier))
    .where(eq(universeTiers.enabled, true))
    .orderBy(asc(m.instrumentId), asc(universeTiers.frequencyS), asc(universeTiers.priority), asc(m.tier))
}
