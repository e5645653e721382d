import type { Micros } from '@onetape/market'
import { asOwner, type Db } from '../connect.ts'
import { lockFor, type Queryable } from '../transaction.ts'
import { ensurePartitions } from './create-partitions.ts'
import { attachedPartitions, type KnownPartition, partitionWidth } from './known-partitions.ts'
import {
  freeSpan,
  PARTITIONED_TABLES,
  type PartitionedTable,
  type PartitionWidth,
  spanOfWidth,
  widthAt,
} from './span.ts'
import { underLock } from './under-lock.ts'

export interface WidthChange {
  table: PartitionedTable
  width: PartitionWidth
  before: PartitionWidth
  /** Partitions of the future, still empty, that were made anew in this width. */
  remade: string[]
  /** The first instant that has no wider or narrower partition already. */
  holdsFrom: Micros
}

export async function readPartitionWidths(db: Db): Promise<Record<PartitionedTable, PartitionWidth>> {
  const widths = await Promise.all(
    PARTITIONED_TABLES.map(async (table) => [table, await partitionWidth(db.pool, table)] as const),
  )
  return Object.fromEntries(widths) as Record<PartitionedTable, PartitionWidth>
}

/** Holds for partitions made from now on; those that have rows, or could have some already, stay as they are. */
export async function setPartitionWidth(
  db: Db,
  o: { table: PartitionedTable; width: PartitionWidth; marketNow: Micros },
): Promise<WidthChange> {
  const { table, width, marketNow } = o
  const before = await partitionWidth(db.pool, table)
  await db.pool.query(
    `insert into partition_widths (table_name, width) values ($1, $2)
     on conflict (table_name) do update set width = excluded.width`,
    [table, width],
  )
  const remade = await removeEmptyAhead(db, o)
  await ensurePartitions(db, { marketNow })
  const attached = await attachedPartitions(db.pool, table)
  const other = attached.filter(({ from, to }) => {
    const whole = spanOfWidth(from, width)
    return to > marketNow && (whole.from < from || whole.to > to || to > whole.to)
  })
  return { table, width, before, remade, holdsFrom: Math.max(marketNow, ...other.map((p) => p.to)) }
}

/** The same for all tables; nothing happens where it holds already. */
export async function keepPartitionWidth(
  db: Db,
  { width, marketNow }: { width: PartitionWidth; marketNow: Micros },
): Promise<void> {
  const widths = await readPartitionWidths(db)
  for (const table of PARTITIONED_TABLES)
    if (widths[table] !== width) await setPartitionWidth(db, { table, width, marketNow })
}

/** Made ahead in another width and never written to: dropping these loses nothing. @returns their names. */
async function removeEmptyAhead(
  db: Db,
  { table, width, marketNow }: { table: PartitionedTable; width: PartitionWidth; marketNow: Micros },
): Promise<string[]> {
  const all = await attachedPartitions(db.pool, table)
  const empty: KnownPartition[] = []
  for (const p of all) if (p.from > marketNow && (await isEmpty(db.pool, p))) empty.push(p)
  const rest = all.filter((p) => !empty.includes(p))
  const otherwise = empty.filter((p) => {
    const span = freeSpan(p.from, spanOfWidth(p.from, widthAt(p.from, { marketNow, width })), rest)
    return span?.from !== p.from || span.to !== p.to
  })
  if (otherwise.length === 0) return []
  const { value } = await underLock(asOwner(db), { what: table }, async (client) => {
    await lockFor(client, 'partitions')
    await client.query(`lock table only ${table} in access exclusive mode`)
    const removed: string[] = []
    for (const p of otherwise) {
      if (!(await isEmpty(client, p))) continue
      await client.query(`drop table ${p.name}`)
      await client.query('delete from partition_states where name = $1', [p.name])
      removed.push(p.name)
    }
    return removed
  })
  return value
}

async function isEmpty(client: Queryable, { name }: KnownPartition): Promise<boolean> {
  const { rows } = await client.query(`select from ${name} limit 1`)
  return rows.length === 0
}
