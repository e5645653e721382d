// The partitions of a table: the catalog knows those that are attached, partition_states those that are not.
import type { Queryable } from '../transaction.ts'
import type { PartitionedTable, PartitionWidth, Span } from './span.ts'

export interface KnownPartition extends Span {
  name: string
  table: PartitionedTable
}

const ATTACHED = `select c.relname as name, b.bounds[1]::timestamptz as from_ts, b.bounds[2]::timestamptz as to_ts
from pg_inherits i join pg_class c on c.oid = i.inhrelid,
  lateral (select regexp_match(pg_get_expr(c.relpartbound, c.oid), 'FROM \\(''(.+)''\\) TO \\(''(.+)''\\)') as bounds) b
where i.inhparent = $1::regclass and b.bounds is not null
order by 2`

const DETACHED = `select name, from_ts, to_ts from partition_states
where table_name = $1 and detached_at is not null order by 2`

export const attachedPartitions = (client: Queryable, table: PartitionedTable): Promise<KnownPartition[]> =>
  partitionsOf(client, ATTACHED, table)

export const detachedPartitions = (client: Queryable, table: PartitionedTable): Promise<KnownPartition[]> =>
  partitionsOf(client, DETACHED, table)

async function partitionsOf(
  client: Queryable,
  question: string,
  table: PartitionedTable,
): Promise<KnownPartition[]> {
  const { rows } = await client.query(question, [table])
  return rows.map((row) => ({ name: row.name, table, from: row.from_ts, to: row.to_ts }))
}

export async function partitionWidth(client: Queryable, table: PartitionedTable): Promise<PartitionWidth> {
  const { rows } = await client.query('select width from partition_widths where table_name = $1', [table])
  return rows[0].width
}
