import { eq } from 'drizzle-orm'
import type { Db } from '../connect.ts'
import { events } from '../schema/index.ts'

/** Whether something of that kind was ever recorded. */
export async function hasEvent(db: Pick<Db, 'drizzle'>, kind: string): Promise<boolean> {
  const rows = await db.drizzle
    .select({ kind: events.kind })
    .from(events)
    .where(eq(events.kind, kind))
    .limit(1)
  return rows.length > 0
}
