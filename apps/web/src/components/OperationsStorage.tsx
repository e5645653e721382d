import type { PartitionOperations, TableOperations } from '@onetape/api/router'
import { Columns } from '../ui/Columns.tsx'
import { NothingHere, Section } from '../ui/Section.tsx'
import { formatBytes, formatCount, formatVolume } from './number-format.ts'
import { formatDate, UTC } from './time-format.ts'

const SHOWN_MAX = 60

/** The partitions of the big tables, newest at the right, as high as they are large. */
export function OperationsStorage({ tables }: { tables: TableOperations[] }) {
  const bytes = tables.reduce((sum, table) => sum + table.bytes + table.indexBytes, 0)
  return (
    <Section title="Partitions" summary={tables.length === 0 ? undefined : `${formatBytes(bytes)} in all`}>
      {tables.length === 0 ? (
        <NothingHere title="No partition has been made yet.">
          The daemon makes them ahead; it has not run on this tape.
        </NothingHere>
      ) : (
        <ul className="flex flex-col gap-4">
          {tables.map((table) => (
            <Table key={table.table} table={table} />
          ))}
        </ul>
      )}
    </Section>
  )
}

const sizeOf = (p: Pick<PartitionOperations, 'bytes' | 'indexBytes'>): number => p.bytes + p.indexBytes

function Table({ table }: { table: TableOperations }) {
  const { partitions, rows } = table
  const shown = partitions.slice(-SHOWN_MAX)
  const largest = Math.max(1, ...shown.map(sizeOf))
  const packed = partitions.filter((partition) => partition.packed).length
  const detached = partitions.filter((partition) => !partition.attached).length
  const perRow = rows === 0 ? null : Math.round(sizeOf(table) / rows)
  return (
    <li className="flex flex-col gap-1.5">
      <div className="flex flex-wrap items-baseline gap-x-3">
        <code className="font-mono font-medium">{table.table}</code>
        <span className="tabular-nums">{formatBytes(sizeOf(table))}</span>
        <span className="text-muted tabular-nums">
          {formatVolume(rows)} rows{perRow !== null && `, ${formatCount(perRow)} B a row with indexes`}
        </span>
      </div>
      <Columns
        label={`${partitions.length} partitions of ${table.table}, the largest ${formatBytes(largest)}`}
        className="h-10 w-full"
        columns={shown.map((partition) => ({
          id: partition.name,
          share: sizeOf(partition) / largest,
          tone: !partition.attached ? 'warn' : partition.packed ? 'quiet' : 'plain',
          title: titleOf(partition),
        }))}
      />
      <p className="text-[11px] text-muted tabular-nums">
        {formatCount(partitions.length)} partitions, {formatDate(shown[0]!.from, UTC)} to{' '}
        {formatDate(shown.at(-1)!.to, UTC)}
        {packed > 0 && `, ${formatCount(packed)} packed`}
        {detached > 0 && `, ${formatCount(detached)} detached`}
      </p>
    </li>
  )
}

const titleOf = (p: PartitionOperations): string =>
  `${p.name}: ${formatBytes(p.bytes)} and ${formatBytes(p.indexBytes)} of indexes, about ${formatVolume(p.rows)} rows${p.packed ? ', packed' : ''}${p.attached ? '' : ', detached'}`
