// Which partitions are worth packing now, and which become one. Pure.
import { DAY_US, type Micros } from '@onetape/market'
import type { KnownPartition } from './known-partitions.ts'
import {
  PARTITIONED_TABLES,
  type PartitionedTable,
  type PartitionWidth,
  partitionName,
  RECENT_US,
  type Span,
  spanOfWidth,
  widthAt,
} from './span.ts'

export interface Packable extends KnownPartition {
  rows: number
  bytes: number
  indexBytes: number
  packedBytes: number | null
  attached: boolean
}

/** One or several partitions that become one packed one. */
export interface Packing extends Span {
  table: PartitionedTable
  name: string
  parts: Packable[]
}

/** What comes later is rare: a repair of a gap, a correction. */
export const CLOSED_AFTER_US = 2 * DAY_US
/** Packing less saves nothing that anybody would notice. */
const PACK_BYTES_MIN = 1024 * 1024
/** Late rows make a packed one worth packing again. */
const GROWN_BY = 1.1
/** Beyond this a partition is big enough; the copy of it needs the same room on the disk for a while. */
const ROWS_MAX = 100_000_000

export const isStillPacked = (p: Pick<Packable, 'bytes' | 'indexBytes' | 'packedBytes'>): boolean =>
  p.packedBytes !== null && p.bytes + p.indexBytes <= p.packedBytes * GROWN_BY

/** Oldest first. */
export function planPacking(
  all: readonly Packable[],
  o: { marketNow: Micros; widths: Readonly<Record<PartitionedTable, PartitionWidth>> },
): Packing[] {
  return PARTITIONED_TABLES.flatMap((table) => {
    const taken = all.filter((p) => p.table === table)
    const joined = joins(taken, { marketNow: o.marketNow, width: o.widths[table] })
    const inJoins = new Set(joined.flatMap((packing) => packing.parts))
    const alone = taken.filter((p) => p.attached && !inJoins.has(p) && isWorthIt(p, o.marketNow))
    return [...joined, ...alone.map((p): Packing => ({ ...spanOf(p), table, name: p.name, parts: [p] }))]
  }).sort((a, b) => a.from - b.from)
}

const isWorthIt = (p: Packable, marketNow: Micros): boolean =>
  p.to <= marketNow - CLOSED_AFTER_US && p.bytes + p.indexBytes >= PACK_BYTES_MIN && !isStillPacked(p)

/** Partitions that would be one if they were made today: days that are a month now, months that are a year. */
function joins(taken: readonly Packable[], age: { marketNow: Micros; width: PartitionWidth }): Packing[] {
  const inOrder = [...taken].sort((a, b) => a.from - b.from)
  const runs: { wanted: Span; parts: Packable[] }[] = []
  let open = false
  for (const p of inOrder) {
    const wanted = spanToday(p, age)
    const run = runs.at(-1)
    if (!wanted || !p.attached) open = false
    else if (open && run?.wanted.from === wanted.from && rowsOf(run.parts) + p.rows <= ROWS_MAX)
      run.parts.push(p)
    else {
      runs.push({ wanted, parts: [p] })
      open = true
    }
  }
  return runs
    .filter((run) => run.parts.length > 1)
    .map(({ wanted, parts }) => packingOf(wanted, parts, inOrder))
}

/** The range that it would lie in, when that is wider and all of it is as old. */
function spanToday(p: Packable, age: { marketNow: Micros; width: PartitionWidth }): Span | null {
  const width = widthAt(p.from, age)
  const wanted = spanOfWidth(p.from, width)
  const isPast = wanted.to <= age.marketNow - RECENT_US && widthAt(wanted.to - 1, age) === width
  const isInside = wanted.from <= p.from && p.to <= wanted.to && wanted.to - wanted.from > p.to - p.from
  return isPast && isInside ? wanted : null
}

/** As much of the range as nobody else has: days without a partition are covered then too. */
function packingOf(wanted: Span, parts: Packable[], taken: readonly Packable[]): Packing {
  const [first, last] = [parts[0]!, parts.at(-1)!]
  const others = taken.filter((p) => !parts.includes(p))
  const from = Math.max(wanted.from, ...others.filter((p) => p.to <= first.from).map((p) => p.to))
  const to = Math.min(wanted.to, ...others.filter((p) => p.from >= last.to).map((p) => p.from))
  return { from, to, table: first.table, name: partitionName(first.table, { from, to }), parts }
}

const rowsOf = (parts: readonly Packable[]) => parts.reduce((sum, p) => sum + p.rows, 0)
const spanOf = ({ from, to }: Span): Span => ({ from, to })
