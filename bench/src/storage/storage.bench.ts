/**
 * Bytes of a stored tick with its indexes and its provenance, beside the usual wide row, both loaded by COPY in the
 * same batches: as it lies there, and once its partition is closed and the daemon has packed it.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Db, packPartitions, sourceIds, writeBatch } from '@onetape/db'
import { DAY_US, isoFromMicros } from '@onetape/market'
import type { PoolClient } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { benchServer } from '../bench-server.ts'
import { batchOf, mint, moment, OPENING } from '../ingest/market.ts'
import { type BenchCase, type BenchReport, machine } from '../report.ts'

/** A session of 8,000 symbols at one minute: 3.1 million ticks. */
const MOMENTS = 390
const STEP_US = 60_000_000
const AIM = 0.8

const WIDE = `create table wide_ticks (
  instrument_id int not null, ts timestamptz not null, price numeric(15,6) not null, volume bigint,
  source smallint not null, fetched_at timestamptz not null, primary key (instrument_id, ts))`

export async function run(): Promise<BenchReport> {
  await using server = await benchServer()
  const { db } = await server.database('storage')
  const ids = await mint(db)
  const sourceId = (await sourceIds(db, ['polygon'])).get('polygon')!
  await db.pool.query(WIDE)
  const client = await db.pool.connect()
  for (let n = 0; n < MOMENTS; n++) {
    const one = moment(ids, n, { stepUs: STEP_US })
    await writeBatch(db, batchOf(one))
    await copyWide(client, { moment: one, sourceId })
  }
  client.release()
  const rows = await rowsOf(db, 'wide_ticks')
  if (rows !== (await rowsOf(db, 'market_data_ticks'))) throw new Error('the two hold different rows')
  const wide = (await bytesOf(db, ['wide_ticks'])) / rows
  const loaded = (await bytesOf(db, ['market_data_ticks', 'tape_batches'])) / rows
  await packAll(db)
  if (rows !== (await rowsOf(db, 'market_data_ticks'))) throw new Error('packing changed the number of rows')
  const packed = (await bytesOf(db, ['market_data_ticks', 'tape_batches'])) / rows
  return {
    name: 'storage',
    machine: machine(),
    cases: [
      caseOf('the open day, as it was loaded', { value: loaded, control: wide }),
      caseOf('a closed day, packed by the daemon', { value: packed, control: wide }),
      caseOf('a week: four closed days and the open one', {
        value: (4 * packed + loaded) / 5,
        control: wide,
      }),
    ],
  }
}

/** As the daemon does: what gave way to another's lock is packed by the next run. */
async function packAll(db: Db): Promise<void> {
  for (let run = 0; run < 20; run++) {
    const packed = await packPartitions(db, { marketNow: OPENING + 7 * DAY_US })
    if (packed.every((p) => p.left === null)) return
    await sleep(2_000)
  }
  throw new Error('the closed day could not be packed')
}

const caseOf = (name: string, o: { value: number; control: number }): BenchCase => ({
  case: name,
  ...o,
  unit: 'B/tick',
  ratio: o.value / o.control,
  spread: null,
  aim: `<= ${AIM} of the wide row`,
  holds: o.value / o.control <= AIM,
})

const rowsOf = async (db: Db, table: string): Promise<number> =>
  (await db.pool.query(`select count(*) as n from ${table}`)).rows[0].n

/** Tables with their indexes, free-space and visibility maps; of partitioned ones all that is attached. */
async function bytesOf(db: Db, tables: readonly string[]): Promise<number> {
  const { rows } = await db.pool.query(
    `select sum(pg_total_relation_size(relid))::bigint as bytes
     from unnest($1::text[]) as t (name), pg_partition_tree(t.name::regclass)`,
    [tables],
  )
  const { rows: plain } = await db.pool.query(
    `select coalesce(sum(pg_total_relation_size(name::regclass)), 0)::bigint as bytes from unnest($1::text[]) as t (name)
     where not exists (select from pg_partition_tree(t.name::regclass))`,
    [tables],
  )
  return rows[0].bytes + plain[0].bytes
}

async function copyWide(
  client: PoolClient,
  o: { moment: ReturnType<typeof moment>; sourceId: number },
): Promise<void> {
  const fetchedAt = isoFromMicros(o.moment.at)
  const lines = o.moment.ticks.map(
    (t) =>
      `${t.instrumentId}\t${isoFromMicros(t.ts)}\t${t.price}\t${t.volume}\t${o.sourceId}\t${fetchedAt}\n`,
  )
  const stream = client.query(
    copyFrom('copy wide_ticks (instrument_id, ts, price, volume, source, fetched_at) from stdin'),
  )
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  stream.on('error', reject)
  stream.on('finish', resolve)
  stream.end(lines.join(''))
  await promise
}
