// Partitions put together by their table. Pure.
import type { PartitionRow } from '@onetape/db'
import type { TableOperations } from './report.ts'

export function tableOperations(rows: readonly PartitionRow[]): TableOperations[] {
  return [...Map.groupBy(rows, (row) => row.table)].map(([table, partitions]) => {
    const sum = (of: (row: PartitionRow) => number) => partitions.reduce((total, row) => total + of(row), 0)
    return {
      table,
      rows: sum((row) => row.rows),
      bytes: sum((row) => row.bytes),
      indexBytes: sum((row) => row.indexBytes),
      partitions: partitions.map(({ name, from, to, rows, bytes, indexBytes, packed, attached }) => ({
        name,
        from,
        to,
        rows,
        bytes,
        indexBytes,
        packed,
        attached,
      })),
    }
  })
}
