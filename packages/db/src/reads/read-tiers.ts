import { asc, count, eq } from 'drizzle-orm'
import type { Db } from '../connect.ts'
import { universeMembers, universeTiers } from '../schema/index.ts'

export interface Tier {
  name: string
  frequencyS: number
  /** 1 is the most urgent. */
  priority: number
  enabled: boolean
  members: number
}

/** The tiers by urgency, with how many instruments each holds. */
export async function readTiers(db: Db): Promise<Tier[]> {
  const t = universeTiers
  return await db.drizzle
    .select({
      name: t.name,
      frequencyS: t.frequencyS,
      priority: t.priority,
      enabled: t.enabled,
      members: count(universeMembers.instrumentId),
    })
    .from(t)
    .leftJoin(universeMembers, eq(universeMembers.tier, t.name))
    .groupBy(t.name)
    .orderBy(asc(t.priority), asc(t.name))
}
