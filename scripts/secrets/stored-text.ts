// Everything that a database stores as text, JSON or bytes, column by column as the catalog names them: none is forgotten.
import type { Db } from '@onetape/db'
import type { Said } from '@onetape/db/testing'

/** Texts, names, JSON, bytes, and lists of them; numbers and instants hold no secret. */
const COLUMNS = `
  select c.oid::regclass::text as tab, quote_ident(a.attname) as col, format_type(a.atttypid, null) as type
  from pg_class c join pg_attribute a on a.attrelid = c.oid
  join pg_namespace n on n.oid = c.relnamespace
  join pg_type y on y.oid = a.atttypid left join pg_type e on e.oid = y.typelem and y.typcategory = 'A'
  where c.relkind in ('r', 'p', 'm') and not c.relispartition and n.nspname not in ('pg_catalog', 'information_schema')
    and n.nspname not like 'pg_toast%' and a.attnum > 0 and not a.attisdropped
    and (y.typcategory in ('S', 'U', 'E') or e.typcategory in ('S', 'U', 'E'))
  order by 1, 2`

export interface StoredText extends Said {
  values: number
}

export async function storedText(db: Db): Promise<StoredText[]> {
  const { rows } = await db.pool.query<{ tab: string; col: string; type: string }>(COLUMNS)
  const stored: StoredText[] = []
  for (const { tab, col, type } of rows) {
    // Bytes as text would stand there are bytes of that text.
    const shown = type === 'bytea' ? `encode(${col}, 'hex')` : `${col}::text`
    const { rows: values } = await db.pool.query<{ value: string }>(
      `select distinct ${shown} as value from ${tab} where ${col} is not null`,
    )
    const text = values.map(({ value }) => value).join('\n')
    stored.push({ where: `${tab}.${col}`, text, values: values.length })
  }
  return stored
}
