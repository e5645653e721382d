// Asset classes by instrument, in memory: an instrument never changes its class.
import type { AssetClass } from '@onetape/market'
import type { Db } from './connect.ts'
import type { Queryable } from './transaction.ts'

const known = new WeakMap<Db, Map<number, AssetClass>>()

/** @param client the transaction's, inside one. @throws Error when an id names no instrument: rows for it must not enter the tape. */
export async function instrumentClasses(
  db: Db,
  ids: Iterable<number>,
  client: Queryable = db.pool,
): Promise<ReadonlyMap<number, AssetClass>> {
  const classes = known.get(db) ?? new Map<number, AssetClass>()
  known.set(db, classes)
  const missing = new Set<number>()
  for (const id of ids) if (!classes.has(id)) missing.add(id)
  if (missing.size === 0) return classes
  const { rows } = await client.query('select id, asset_class from instruments where id = any($1::int[])', [
    [...missing],
  ])
  for (const row of rows) classes.set(row.id, row.asset_class)
  for (const id of missing) if (!classes.has(id)) throw new Error(`No instrument has the id ${id}.`)
  return classes
}
