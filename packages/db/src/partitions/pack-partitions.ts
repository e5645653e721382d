// Packs closed partitions: their rows sorted by key, so that one instrument's lie together, in full pages and full
// indexes; days that have become a month long ago, and months that have become a year, in one partition.
import { isoFromMicros, type Micros } from '@onetape/market'
import type { PoolClient } from 'pg'
import { asOwner, type Db } from '../connect.ts'
import { COPY_PREFIX, copySorted, SPAN_CHECK } from './copy-sorted.ts'
import { GaveWay, type Hold, holdStill } from './hold-still.ts'
import { type Packing, planPacking } from './plan-packing.ts'
import { readPartitions } from './read-partitions.ts'
import { readPartitionWidths } from './set-partition-width.ts'

export interface PackOptions {
  marketNow: Micros
  signal?: AbortSignal
  /** Rest after each piece of work, as a share of the time it took: 1 leaves half of a core to the others. */
  rest?: number
  /** Only packings that take in one of these partitions. */
  names?: readonly string[]
  onPacked?(packed: Packed): void
}

export interface Packed {
  name: string
  table: string
  /** The partitions that it was made of. */
  parts: string[]
  rows: number
  bytesBefore: number
  bytesAfter: number
  durationMs: number
  /** How long the table was held to put the copy in its place. */
  heldMs: number
  /** Why it was left for another time; null when it was packed. */
  left: string | null
}

const SESSION = `set statement_timeout = 0; set work_mem = '64MB'; set max_parallel_workers_per_gather = 0; set synchronous_commit = off`

/** One at a time, oldest first, until all is packed; what is in use is left for the next run. Killed at any moment, nothing is lost. */
export async function packPartitions(given: Db, o: PackOptions): Promise<Packed[]> {
  const db = asOwner(given)
  const done: Packed[] = []
  for (const packing of await planned(db, o)) {
    if (o.signal?.aborted) break
    const packed = await pack(db, packing, o)
    done.push(packed)
    o.onPacked?.(packed)
  }
  return done
}

async function planned(db: Db, { marketNow, names }: PackOptions): Promise<Packing[]> {
  const [partitions, widths] = await Promise.all([readPartitions(db), readPartitionWidths(db)])
  const packings = planPacking(partitions, { marketNow, widths })
  return names ? packings.filter((p) => p.parts.some((part) => names.includes(part.name))) : packings
}

async function pack(db: Db, packing: Packing, o: PackOptions): Promise<Packed> {
  const startedAt = performance.now()
  const sum = (of: (p: Packing['parts'][number]) => number) => packing.parts.reduce((n, p) => n + of(p), 0)
  const bytesBefore = sum((p) => p.bytes + p.indexBytes)
  const packed: Packed = {
    ...{ name: packing.name, table: packing.table, parts: packing.parts.map((p) => p.name) },
    ...{
      rows: sum((p) => p.rows),
      bytesBefore,
      bytesAfter: bytesBefore,
      durationMs: 0,
      heldMs: 0,
      left: null,
    },
  }
  try {
    await using hold = await holdStill(db, { ...packing, signal: o.signal })
    Object.assign(packed, await copyAndSwap(db, { packing, hold, rest: o.rest ?? 0 }))
  } catch (error) {
    packed.left = reasonOf(error, o.signal)
  }
  packed.durationMs = performance.now() - startedAt
  return packed
}

/** Anything but giving way is a fault. */
function reasonOf(error: unknown, signal?: AbortSignal): string {
  if (error instanceof GaveWay) return error.message
  if (signal?.aborted) return 'stopped'
  throw error
}

interface Work {
  packing: Packing
  hold: Hold
  rest: number
}

async function copyAndSwap(
  db: Db,
  { packing, hold, rest }: Work,
): Promise<Pick<Packed, 'rows' | 'bytesAfter' | 'heldMs'>> {
  const client = await db.pool.connect()
  let stopping: Promise<unknown> | null = null
  try {
    const { rows } = await client.query('select pg_backend_pid() as pid')
    const stop = () => {
      stopping = db.pool.query('select pg_cancel_backend($1)', [rows[0].pid]).catch(() => {})
    }
    hold.signal.addEventListener('abort', stop, { once: true })
    await client.query(SESSION)
    const copy = await copySorted(client, packing, { signal: hold.signal, rest })
    hold.signal.removeEventListener('abort', stop)
    const { rows: measured } = await client.query(
      `select greatest(reltuples, 0)::bigint as rows, pg_total_relation_size(oid) as bytes from pg_class where oid = to_regclass($1)`,
      [copy],
    )
    const bytesAfter = measured[0].bytes
    const heldMs = await hold.swap((holder) => swap(holder, { packing, copy, bytesAfter }))
    await tidy(client, packing)
    return { rows: measured[0].rows, bytesAfter, heldMs }
  } catch (error) {
    throw hold.signal.aborted ? hold.signal.reason : error
  } finally {
    await stopping
    // Its settings are its own.
    client.release(true)
  }
}

/** What was replaced goes, now that the swap is on disk, and the indexes get the names that it had. */
async function tidy(client: PoolClient, { name, parts }: Packing): Promise<void> {
  await client.query('set synchronous_commit = on')
  for (const part of parts) await client.query(`drop table if exists ${asideOf(part.name)}`)
  const { rows } = await client.query(
    `select c.relname as index from pg_index x join pg_class c on c.oid = x.indexrelid where x.indrelid = to_regclass($1)`,
    [name],
  )
  for (const { index } of rows) {
    const plain = index.slice(COPY_PREFIX.length)
    if (index.startsWith(COPY_PREFIX)) await client.query(`alter index ${index} rename to ${plain}`)
  }
}

const asideOf = (part: string): string => `${COPY_PREFIX}${part}_old`

async function swap(
  client: PoolClient,
  o: { packing: Packing; copy: string; bytesAfter: number },
): Promise<void> {
  const { packing, copy, bytesAfter } = o
  const { table, name } = packing
  const [from, to] = [isoFromMicros(packing.from), isoFromMicros(packing.to)]
  const parts = packing.parts.map((p) => p.name)
  // One message, and a commit that does not wait for the disk: everybody else waits for this. Dropping would wait for
  // it. After a crash either all of it has happened, or none: what begins with the prefix is to be removed.
  await client.query(`set local synchronous_commit = off;
    ${parts.map((part) => `alter table ${table} detach partition ${part}; alter table ${part} rename to ${asideOf(part)}`).join('; ')};
    alter table ${table} attach partition ${copy} for values from ('${from}') to ('${to}');
    alter table ${copy} drop constraint ${SPAN_CHECK};
    alter table ${copy} rename to ${name};
    delete from partition_states where name in ('${parts.join("', '")}');
    insert into partition_states (name, table_name, from_ts, to_ts, packed_at, packed_bytes)
      values ('${name}', '${table}', '${from}', '${to}', now(), ${bytesAfter})`)
}
