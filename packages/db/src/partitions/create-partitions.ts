// Partitions made ahead, and on demand for the past.
import { DAY_US, isoFromMicros, type Micros } from '@onetape/market'
import type { PoolClient } from 'pg'
import { asOwner, type Db } from '../connect.ts'
import { DatabaseProblem } from '../problem.ts'
import { lockFor } from '../transaction.ts'
import {
  attachedPartitions,
  detachedPartitions,
  type KnownPartition,
  partitionWidth,
} from './known-partitions.ts'
import {
  dateOf,
  freeSpan,
  PARTITIONED_TABLES,
  type PartitionedTable,
  partitionName,
  spanOfWidth,
  widthAt,
} from './span.ts'
import { underLock } from './under-lock.ts'

const DAYS_AHEAD = 7
/** Waiting to attach holds nobody up, and another process may be making many: patience costs nothing here. */
const LOCK_TIMEOUT_MS = 10_000

/** Partitions made ahead, so that no write has to wait for one. @returns names of those created. */
export async function ensurePartitions(
  db: Db,
  { marketNow, daysAhead = DAYS_AHEAD }: { marketNow: Micros; daysAhead?: number },
): Promise<string[]> {
  const days = Array.from({ length: daysAhead + 1 }, (_, n) => marketNow + n * DAY_US)
  return await create(db, { marketNow, ticks: days, bars: days, rollups: days, onDetached: () => {} })
}

/** Partitions for the instants of a batch. @throws DatabaseProblem when one lies in the range of a detached one. */
export async function createPartitionsFor(
  db: Db,
  o: Partial<Instants> & { marketNow: Micros },
): Promise<string[]> {
  return await create(db, {
    ...o,
    onDetached: (ts, { name }) => {
      throw new DatabaseProblem(
        `Rows of ${dateOf(ts)} belong to ${name}, which is detached; attach it first: onetape partitions attach ${name}`,
      )
    },
  })
}

interface Instants {
  ticks: readonly Micros[]
  bars: readonly Micros[]
  rollups: readonly Micros[]
}

interface Wanted extends Partial<Instants> {
  marketNow: Micros
  onDetached(ts: Micros, partition: KnownPartition): void
}

async function create(db: Db, o: Wanted): Promise<string[]> {
  const wanted: Record<PartitionedTable, readonly Micros[]> = {
    market_data_ticks: daysOf(o.ticks ?? []),
    market_data_bars: daysOf(o.bars ?? []),
    market_data_rollups: daysOf(o.rollups ?? []),
  }
  const { value } = await underLock(
    asOwner(db),
    { what: 'The list of partitions', lockTimeoutMs: LOCK_TIMEOUT_MS },
    async (client) => {
      await lockFor(client, 'partitions')
      const created: string[] = []
      for (const table of PARTITIONED_TABLES) {
        if (wanted[table].length > 0) created.push(...(await createMissing(client, table, wanted[table], o)))
      }
      return created
    },
  )
  return value
}

async function createMissing(
  client: PoolClient,
  table: PartitionedTable,
  days: readonly Micros[],
  { marketNow, onDetached }: Wanted,
): Promise<string[]> {
  const width = await partitionWidth(client, table)
  const detached = await detachedPartitions(client, table)
  const taken = [...(await attachedPartitions(client, table)), ...detached]
  const made: KnownPartition[] = []
  for (const day of days) {
    const hidden = detached.find((p) => p.from <= day && day < p.to)
    if (hidden) onDetached(day, hidden)
    const span = freeSpan(day, spanOfWidth(day, widthAt(day, { marketNow, width })), [...taken, ...made])
    if (!span) continue
    const partition = { ...span, table, name: partitionName(table, span) }
    await attachNew(client, partition)
    made.push(partition)
  }
  return made.map((p) => p.name)
}

/** Every batch updates all open buckets: there is room on each page for the second version of each row. */
const STORAGE: Partial<Record<PartitionedTable, string>> = { market_data_rollups: 'with (fillfactor = 50)' }

/** Built apart and attached: unlike CREATE ... PARTITION OF, that blocks neither readers nor writers of the table. */
async function attachNew(client: PoolClient, { table, name, from, to }: KnownPartition): Promise<void> {
  const statements = `create table ${name} (like ${table} including all) ${STORAGE[table] ?? ''};
    alter table ${table} attach partition ${name} for values from ('${isoFromMicros(from)}') to ('${isoFromMicros(to)}')`
  await client.query(statements).catch((error) => {
    if ((error as { code?: string }).code !== '42P07') throw error
    throw new DatabaseProblem(
      `There is a table ${name} that is no partition of ${table} and not known as detached. Rename it, or attach it by hand.`,
      error,
    )
  })
}

/** Each once, oldest first. */
const daysOf = (instants: readonly Micros[]): Micros[] =>
  [...new Set(instants.map((ts) => Math.floor(ts / DAY_US) * DAY_US))].sort((a, b) => a - b)
