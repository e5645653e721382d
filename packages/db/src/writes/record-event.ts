import type { Micros } from '@onetape/market'
import type { Db } from '../connect.ts'
import { events } from '../schema/index.ts'

/** Something happened that the operator should find later. `at` is market time. */
export async function recordEvent(
  db: Pick<Db, 'drizzle'>,
  kind: string,
  detail: unknown,
  at: Micros,
): Promise<void> {
  await db.drizzle.insert(events).values({ kind, detail, at })
}
