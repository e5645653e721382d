// Partitions of ticks and bars: a month each for the current and the previous calendar year, a year each for older
// ones, so that decades of history stay a few dozen tables. There is no default partition: a row is never misfiled.
import { DAY_US, isoFromMicros, type Micros } from '@onetape/market'
import type { PoolClient } from 'pg'
import type { Db } from './connect.ts'
import { inTransaction, lockFor } from './transaction.ts'

export const PARTITIONED_TABLES = ['market_data_ticks', 'market_data_bars'] as const
type PartitionedTable = (typeof PARTITIONED_TABLES)[number]

interface Month {
  year: number
  /** 1 to 12. */
  month: number
}

interface Partition {
  table: PartitionedTable
  name: string
  /** Midnight UTC of these dates; `to` is exclusive. */
  from: string
  to: string
}

const FIRST_TS = Date.UTC(1900, 0, 1) * 1000
const AHEAD_MAX_US = 366 * DAY_US

/** A partition would be made for any instant, so an absurd one must not get that far. @throws RangeError */
export function requirePlausible(rows: readonly { ts: Micros }[], marketNow: Micros): void {
  for (const { ts } of rows) {
    if (ts >= FIRST_TS && ts <= marketNow + AHEAD_MAX_US) continue
    const told = Number.isSafeInteger(ts) ? isoFromMicros(ts) : String(ts)
    throw new RangeError(`${told} is no time that a price can have; nothing of this batch was written.`)
  }
}

/** By the routine that raises it: its message is translated on some servers. */
export const isPartitionMissing = (error: unknown): boolean => {
  const e = error as { code?: string; routine?: string } | null
  return e?.code === '23514' && e.routine === 'ExecFindPartition'
}

/** Partitions made ahead, so that no write has to wait for one. @returns names of those created. */
export async function ensurePartitions(
  db: Db,
  { marketNow, monthsAhead = 3 }: { marketNow: Micros; monthsAhead?: number },
): Promise<string[]> {
  const first = monthOf(marketNow)
  const months = Array.from({ length: monthsAhead + 1 }, (_, n): Month => {
    const index = first.month - 1 + n
    return { year: first.year + Math.floor(index / 12), month: (index % 12) + 1 }
  })
  return await create(db, marketNow, { market_data_ticks: months, market_data_bars: months })
}

/** Partitions for the instants of a batch. */
export async function createPartitionsFor(
  db: Db,
  o: { marketNow: Micros; ticks: readonly Micros[]; bars: readonly Micros[] },
): Promise<string[]> {
  return await create(db, o.marketNow, {
    market_data_ticks: monthsOf(o.ticks),
    market_data_bars: monthsOf(o.bars),
  })
}

async function create(
  db: Db,
  marketNow: Micros,
  wanted: Record<PartitionedTable, Month[]>,
): Promise<string[]> {
  return await inTransaction(db, async (client) => {
    await lockFor(client, 'partitions')
    const created: string[] = []
    for (const table of PARTITIONED_TABLES) {
      const existing = await partitionNames(client, table)
      for (const month of wanted[table]) {
        const partition = partitionFor(table, month, { marketNow, existing })
        if (!partition) continue
        await attachNew(client, partition)
        existing.add(partition.name)
        created.push(partition.name)
      }
    }
    return created
  })
}

/** Built apart and attached: unlike CREATE ... PARTITION OF, that blocks neither readers nor writers of the table. */
async function attachNew(client: PoolClient, { table, name, from, to }: Partition): Promise<void> {
  await client.query(`create table ${name} (like ${table} including all)`)
  await client.query(
    `alter table ${table} attach partition ${name} for values from ('${from} 00:00:00+00') to ('${to} 00:00:00+00')`,
  )
}

async function partitionNames(client: PoolClient, table: PartitionedTable): Promise<Set<string>> {
  const { rows } = await client.query(
    `select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = $1::regclass`,
    [table],
  )
  return new Set(rows.map((row) => row.relname))
}

/** The partition that a month lacks, or null when it has one. */
export function partitionFor(
  table: PartitionedTable,
  { year, month }: Month,
  { marketNow, existing }: { marketNow: Micros; existing: ReadonlySet<string> },
): Partition | null {
  const yearly = `${table}_y${pad(year, 4)}`
  const monthly = `${yearly}m${pad(month, 2)}`
  if (existing.has(yearly) || existing.has(monthly)) return null
  const recent = year >= monthOf(marketNow).year - 1
  if (recent || [...existing].some((name) => name.startsWith(`${yearly}m`))) {
    const next = month === 12 ? { year: year + 1, month: 1 } : { year, month: month + 1 }
    return { table, name: monthly, from: firstDay({ year, month }), to: firstDay(next) }
  }
  return {
    table,
    name: yearly,
    from: firstDay({ year, month: 1 }),
    to: firstDay({ year: year + 1, month: 1 }),
  }
}

function monthOf(ts: Micros): Month {
  const date = new Date(Math.floor(ts / 1000))
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1 }
}

/** Each once, oldest first. */
function monthsOf(instants: readonly Micros[]): Month[] {
  const months = new Map<number, Month>()
  for (const ts of instants) {
    const m = monthOf(ts)
    months.set(m.year * 12 + m.month, m)
  }
  return [...months].sort(([a], [b]) => a - b).map(([, m]) => m)
}

const pad = (n: number, digits: number) => String(n).padStart(digits, '0')
const firstDay = ({ year, month }: Month) => `${pad(year, 4)}-${pad(month, 2)}-01`
