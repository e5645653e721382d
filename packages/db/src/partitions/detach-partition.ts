// An operator takes a partition out of the tape, brings it back, or gives its rows up. Nothing else ever drops rows.
import { isoFromMicros } from '@onetape/market'
import { asOwner, type Db } from '../connect.ts'
import { DatabaseProblem } from '../problem.ts'
import { disturbShards } from '../shards/shards.ts'
import { lockFor } from '../transaction.ts'
import { attachedPartitions, detachedPartitions, type KnownPartition } from './known-partitions.ts'
import { PARTITIONED_TABLES } from './span.ts'
import { underLock } from './under-lock.ts'

export interface Moved extends KnownPartition {
  tries: number
  /** Until the lock could be had; others were held up for a blink of it at a time. */
  waitedMs: number
  /** How long the table was held. */
  heldMs: number
}

/**
 * Its rows stay, in a table of the same name that no query of the tape reads; nobody writes into its range until it is
 * attached again or dropped. DETACH CONCURRENTLY would hold less, but runs in no transaction and not on Citus.
 * @throws DatabaseProblem
 */
export async function detachPartition(db: Db, name: string, signal?: AbortSignal): Promise<Moved> {
  const partition = await find(db, name, attachedPartitions)
  if (!partition) throw new DatabaseProblem(`No partition is called ${name}. See: onetape partitions`)
  const { table, from, to } = partition
  let heldSince = 0
  const { value: _, ...locked } = await underLock(asOwner(db), { what: table, signal }, async (client) => {
    await lockFor(client, 'partitions')
    await client.query(
      `insert into partition_states as s (name, table_name, from_ts, to_ts, detached_at) values ($1, $2, $3, $4, now())
       on conflict (name) do update set from_ts = excluded.from_ts, to_ts = excluded.to_ts, detached_at = excluded.detached_at`,
      [name, table, isoFromMicros(from), isoFromMicros(to)],
    )
    await client.query(`lock table only ${table} in access exclusive mode`)
    heldSince = performance.now()
    await client.query(`alter table ${table} detach partition ${name}`)
  })
  const heldMs = performance.now() - heldSince
  await disturbShards(db)
  return { ...partition, ...locked, heldMs }
}

/** Back into the tape. Its rows are checked beforehand, while nobody waits. @throws DatabaseProblem */
export async function attachPartition(db: Db, name: string, signal?: AbortSignal): Promise<Moved> {
  const partition = await requireDetached(db, name)
  const { table } = partition
  if (!(await isThere(db, name))) {
    throw new DatabaseProblem(
      `The table ${name} is gone. Bring it back under that name, or forget it: onetape partitions drop ${name} --yes-delete-its-rows`,
    )
  }
  const [from, to] = [isoFromMicros(partition.from), isoFromMicros(partition.to)]
  await db.ddl.query(`alter table ${name} drop constraint if exists ${SPAN};
    alter table ${name} add constraint ${SPAN} check (ts >= '${from}' and ts < '${to}') not valid`)
  await db.ddl.query(`alter table ${name} validate constraint ${SPAN}`)
  let heldSince = 0
  const { value: _, ...locked } = await underLock(asOwner(db), { what: table, signal }, async (client) => {
    await lockFor(client, 'partitions')
    heldSince = performance.now()
    await client.query(`alter table ${table} attach partition ${name} for values from ('${from}') to ('${to}');
      alter table ${name} drop constraint ${SPAN}`)
    await client.query('update partition_states set detached_at = null where name = $1', [name])
  })
  const heldMs = performance.now() - heldSince
  await disturbShards(db)
  return { ...partition, ...locked, heldMs }
}

/** For good, with all rows. Only what was detached before. @throws DatabaseProblem */
export async function dropPartition(db: Db, name: string): Promise<KnownPartition & { rows: number }> {
  const partition = await requireDetached(db, name)
  const rows = (await isThere(db, name)) ? await countOf(db, name) : 0
  await underLock(asOwner(db), { what: name }, async (client) => {
    await lockFor(client, 'partitions')
    await client.query(`drop table if exists ${name}`)
    await client.query('delete from partition_states where name = $1', [name])
  })
  await disturbShards(db)
  return { ...partition, rows }
}

const SPAN = 'onetape_span'

/** Names come from a command line: only what the catalog says is ever part of a statement. */
async function find(
  db: Db,
  name: string,
  among: typeof attachedPartitions,
): Promise<KnownPartition | undefined> {
  for (const table of PARTITIONED_TABLES) {
    const found = (await among(db.pool, table)).find((p) => p.name === name)
    if (found) return found
  }
  return undefined
}

async function requireDetached(db: Db, name: string): Promise<KnownPartition> {
  const partition = await find(db, name, detachedPartitions)
  if (!partition) {
    const isAttached = (await find(db, name, attachedPartitions)) !== undefined
    throw new DatabaseProblem(
      isAttached
        ? `${name} is attached. Detach it first: onetape partitions detach ${name}`
        : `No detached partition is called ${name}. See: onetape partitions`,
    )
  }
  return partition
}

async function isThere(db: Db, name: string): Promise<boolean> {
  const { rows } = await db.pool.query('select to_regclass($1) is not null as there', [name])
  return rows[0].there
}

async function countOf(db: Db, name: string): Promise<number> {
  const { rows } = await db.ddl.query(`select count(*) as rows from ${name}`)
  return rows[0].rows
}
