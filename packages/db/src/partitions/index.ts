export { createPartitionsFor } from './create-partitions.ts'
export { attachPartition, detachPartition, dropPartition, type Moved } from './detach-partition.ts'
export { type Packed, type PackOptions, packPartitions } from './pack-partitions.ts'
export { type PartitionRow, readPartitions } from './read-partitions.ts'
export {
  keepPartitionWidth,
  readPartitionWidths,
  setPartitionWidth,
  type WidthChange,
} from './set-partition-width.ts'
export { PARTITION_WIDTHS, PARTITIONED_TABLES, type PartitionedTable, type PartitionWidth } from './span.ts'
