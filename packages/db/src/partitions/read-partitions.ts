import type { Micros } from '@onetape/market'
import type { Db } from '../connect.ts'
import { attachedPartitions, detachedPartitions, type KnownPartition } from './known-partitions.ts'
import { isStillPacked } from './plan-packing.ts'
import { PARTITIONED_TABLES } from './span.ts'

export interface PartitionRow extends KnownPartition {
  /** The statistics' estimate. */
  rows: number
  /** Without indexes. */
  bytes: number
  indexBytes: number
  /** Rows lie sorted by key in full pages, but for the few that came later. */
  packed: boolean
  packedAt: Micros | null
  /** Size when it was packed. */
  packedBytes: number | null
  attached: boolean
}

// A partition that is swapped or dropped meanwhile has no size any more: it is left out.
const MEASURE = `select c.relname as name, greatest(c.reltuples, s.n_live_tup, 0)::bigint as rows,
  pg_table_size(c.oid) as bytes, pg_indexes_size(c.oid) as index_bytes, p.packed_at, p.packed_bytes
from unnest($1::text[]) as wanted (name)
join pg_class c on c.oid = to_regclass(wanted.name)
left join pg_stat_user_tables s on s.relid = c.oid
left join partition_states p on p.name = wanted.name`

/** Every partition, by table and range. */
export async function readPartitions(db: Db): Promise<PartitionRow[]> {
  const known: (KnownPartition & { attached: boolean })[] = []
  for (const table of PARTITIONED_TABLES) {
    const attached = (await attachedPartitions(db.pool, table)).map((p) => ({ ...p, attached: true }))
    const detached = (await detachedPartitions(db.pool, table)).map((p) => ({ ...p, attached: false }))
    known.push(...[...attached, ...detached].sort((a, b) => a.from - b.from))
  }
  const { rows } = await db.pool.query(MEASURE, [known.map((p) => p.name)])
  const measured = new Map(rows.map((row) => [row.name, row]))
  return known.flatMap((partition) => {
    const m = measured.get(partition.name)
    if (!m || m.bytes === null) return []
    const sizes = {
      rows: m.rows,
      bytes: m.bytes,
      indexBytes: m.index_bytes,
      packedAt: m.packed_at,
      packedBytes: m.packed_bytes,
    }
    return [{ ...partition, ...sizes, packed: isStillPacked(sizes) }]
  })
}
