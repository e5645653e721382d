// Asset classes by instrument, in memory: an instrument never changes its class.
import type { AssetClass } from '@onetape/market'
import type { Db } from './connect.ts'

const known = new WeakMap<Db, Map<number, AssetClass>>()

/** Of every instrument that the rows name. @throws Error when one is none: rows for it must not enter the tape. */
export async function instrumentClasses(
  db: Db,
  lists: readonly (readonly { instrumentId: number }[])[],
): Promise<ReadonlyMap<number, AssetClass>> {
  const classes = known.get(db) ?? new Map<number, AssetClass>()
  known.set(db, classes)
  const missing = new Set<number>()
  for (const rows of lists)
    for (const { instrumentId } of rows) if (!classes.has(instrumentId)) missing.add(instrumentId)
  if (missing.size === 0) return classes
  const { rows } = await db.pool.query('select id, asset_class from instruments where id = any($1::int[])', [
    [...missing],
  ])
  for (const row of rows) classes.set(row.id, row.asset_class)
  for (const id of missing) if (!classes.has(id)) throw new Error(`No instrument has the id ${id}.`)
  return classes
}
