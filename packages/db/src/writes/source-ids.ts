import type { Db } from '../connect.ts'

const known = new WeakMap<Db, Map<string, number>>()

/** Ids of sources by name; new names get a row. */
export async function sourceIds(db: Db, names: readonly string[]): Promise<Map<string, number>> {
  const ids = known.get(db) ?? new Map<string, number>()
  known.set(db, ids)
  const missing = [...new Set(names)].filter((name) => !ids.has(name)).sort()
  if (missing.length > 0) {
    // The look-up first: an insert that conflicts would use up one of 32,767 ids.
    const find = () => db.pool.query('select id, name from sources where name = any($1::text[])', [missing])
    for (const { id, name } of (await find()).rows) ids.set(name, id)
    const unknown = missing.filter((name) => !ids.has(name))
    if (unknown.length > 0) {
      await db.pool.query(
        'insert into sources (name) select name from unnest($1::text[]) as n (name) order by name on conflict do nothing',
        [unknown],
      )
      for (const { id, name } of (await find()).rows) ids.set(name, id)
    }
  }
  return new Map(names.map((name) => [name, ids.get(name)!]))
}
