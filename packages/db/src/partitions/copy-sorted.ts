// A copy of partitions in the order of their key, in full pages, in short transactions: a long one would keep vacuum
// from the tables that change all the time. What a killed run leaves behind is known by its name and removed.

import { setTimeout as delay } from 'node:timers/promises'
import { isoFromMicros } from '@onetape/market'
import type { PoolClient } from 'pg'
import type { Packing } from './plan-packing.ts'

export const COPY_PREFIX = 'packing_'
export const SPAN_CHECK = 'onetape_span'
const CHUNK_ROWS = 400_000
const LEFTOVERS = `select relname as name from pg_class
where relname like 'packing\\_market\\_data\\_%' and relkind = 'r' and not relispartition and relnamespace = current_schema()::regnamespace`

export interface CopyOptions {
  signal: AbortSignal
  /** Rest after each piece, as a share of the time it took. */
  rest: number
}

/** Rows of each instrument, and the sum of their write ids. */
type Census = Map<number, { rows: number; writeIds: number }>

/** @returns the name of the copy, whose rows were counted against the partitions'. */
export async function copySorted(client: PoolClient, packing: Packing, o: CopyOptions): Promise<string> {
  await removeLeftovers(client)
  const copy = `${COPY_PREFIX}${packing.name}`
  const { columns, key } = await shapeOf(client, packing.table)
  await createCopy(client, packing, copy)
  const census = await censusOf(
    client,
    packing.parts.map((p) => p.name),
    o,
  )
  const all = packing.parts.map((p) => `select ${columns} from ${p.name}`).join(' union all ')
  for (const [after, upTo] of chunksOf(census)) {
    const startedAt = performance.now()
    await client.query(
      `insert into ${copy} (${columns}) select ${columns} from (${all}) as r where instrument_id > $1 and instrument_id <= $2 order by ${key}`,
      [after, upTo],
    )
    o.signal.throwIfAborted()
    if (o.rest > 0) await delay((performance.now() - startedAt) * o.rest, undefined, { signal: o.signal })
  }
  await finishCopy(client, copy)
  compare(census, await censusOf(client, [copy], o), packing.name)
  return copy
}

export async function removeLeftovers(client: PoolClient): Promise<void> {
  const { rows } = await client.query(LEFTOVERS)
  for (const { name } of rows) await client.query(`drop table if exists ${name}`)
}

/** Columns in the parent's order, and its key: the order of the copy. */
async function shapeOf(client: PoolClient, table: string): Promise<{ columns: string; key: string }> {
  const { rows } = await client.query(
    `select (select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
             where attrelid = $1::regclass and attnum > 0 and not attisdropped) as columns,
       (select string_agg(quote_ident(a.attname), ', ' order by k.n) from pg_index x
          cross join lateral unnest(x.indkey::int2[]) with ordinality as k (attnum, n)
          join pg_attribute a on a.attrelid = x.indrelid and a.attnum = k.attnum
        where x.indrelid = $1::regclass and x.indisprimary) as key`,
    [table],
  )
  return rows[0]
}

/**
 * With every index of the table already: rows that come in the order of the key fill it to the brim as they come. Nobody
 * else works on it meanwhile: autovacuum would hold it when it is to be swapped in.
 */
async function createCopy(client: PoolClient, { table, from, to }: Packing, copy: string): Promise<void> {
  await client.query(`create table ${copy} (like ${table} including all) with (autovacuum_enabled = off)`)
  await client.query(
    `alter table ${copy} add constraint ${SPAN_CHECK} check (ts >= '${isoFromMicros(from)}' and ts < '${isoFromMicros(to)}')`,
  )
  for (const index of await indexesOf(client, copy)) {
    if (index.isKey) await client.query(`alter index ${index.name} set (fillfactor = 100)`)
    if (index.isBrin) await client.query(`alter index ${index.name} set (autosummarize = off)`)
  }
}

/** Vacuum counts, marks what everybody sees, sums ranges up; then others may work on it again. */
async function finishCopy(client: PoolClient, copy: string): Promise<void> {
  // What was counted while inserting must not be added to what vacuum counts.
  await client.query('select pg_stat_force_next_flush()')
  await client.query(`vacuum (freeze, analyze) ${copy}`)
  await client.query(`alter table ${copy} reset (autovacuum_enabled)`)
  for (const index of await indexesOf(client, copy))
    if (index.isBrin) await client.query(`alter index ${index.name} set (autosummarize = on)`)
}

async function indexesOf(
  client: PoolClient,
  table: string,
): Promise<{ name: string; isKey: boolean; isBrin: boolean }[]> {
  const { rows } = await client.query(
    `select c.relname as name, x.indisprimary as "isKey", m.amname = 'brin' as "isBrin"
     from pg_index x join pg_class c on c.oid = x.indexrelid join pg_am m on m.oid = c.relam
     where x.indrelid = $1::regclass`,
    [table],
  )
  return rows
}

async function censusOf(client: PoolClient, tables: readonly string[], o: CopyOptions): Promise<Census> {
  const census: Census = new Map()
  for (const table of tables) {
    const { rows } = await client.query(
      `select instrument_id as id, count(*) as rows, sum(write_id) as write_ids from ${table} group by 1`,
    )
    o.signal.throwIfAborted()
    for (const row of rows) {
      const known = census.get(row.id) ?? { rows: 0, writeIds: 0 }
      census.set(row.id, { rows: known.rows + row.rows, writeIds: known.writeIds + row.write_ids })
    }
  }
  return census
}

/** Ranges of instruments of about so many rows; the first id excluded, the last included. */
function* chunksOf(census: Census): Generator<[after: number, upTo: number]> {
  let [after, rows] = [-1, 0]
  const ids = [...census.keys()].sort((a, b) => a - b)
  for (const id of ids) {
    rows += census.get(id)!.rows
    if (rows < CHUNK_ROWS && id !== ids.at(-1)) continue
    yield [after, id]
    ;[after, rows] = [id, 0]
  }
}

/** Nothing shrinks, and nothing is taken for it: a copy that differs is never used. */
function compare(before: Census, after: Census, name: string): void {
  for (const [id, { rows, writeIds }] of before) {
    const copied = after.get(id)
    if (copied?.rows === rows && copied.writeIds === writeIds) continue
    throw new Error(
      `${name}: ${copied?.rows ?? 0} of ${rows} rows of instrument ${id} were copied; it stays as it is.`,
    )
  }
  if (after.size !== before.size) throw new Error(`${name}: the copy has more rows; it stays as it is.`)
}
