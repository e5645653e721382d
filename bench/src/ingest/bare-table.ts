// The control of the write path: the same rows by raw text COPY, prebuilt, into a bare copy of the tick table.
import type { Db, TickRow } from '@onetape/db'
import { isoFromMicros } from '@onetape/market'
import type { PoolClient } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'

export const BARE = 'bare_ticks'
const COLUMNS = '(ts, write_id, instrument_id, source_id, price, volume)'

/** Same columns, same key, same partitions; no other index, nobody reads it. */
export async function createBareTable(db: Db): Promise<void> {
  await db.pool.query(`create table ${BARE} (like market_data_ticks) partition by range (ts)`)
  await db.pool.query(`alter table ${BARE} add primary key (instrument_id, source_id, ts)`)
  const { rows } = await db.pool.query(
    `select c.relname as name, pg_get_expr(c.relpartbound, c.oid) as bound
     from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'market_data_ticks'::regclass`,
  )
  for (const { name, bound } of rows) {
    await db.pool.query(
      `create table ${name.replace('market_data_ticks', BARE)} partition of ${BARE} ${bound}`,
    )
  }
}

export const textOf = (ticks: readonly TickRow[], o: { writeId: number; sourceId: number }): Buffer =>
  Buffer.from(
    ticks
      .map(
        (t) =>
          `${isoFromMicros(t.ts)}\t${o.writeId}\t${t.instrumentId}\t${o.sourceId}\t${t.price}\t${t.volume ?? '\\N'}\n`,
      )
      .join(''),
  )

/** One COPY, one commit. */
export async function copyText(client: PoolClient, table: string, text: Buffer): Promise<void> {
  const stream = client.query(copyFrom(`copy ${table} ${COLUMNS} from stdin`))
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  stream.on('error', reject)
  stream.on('finish', resolve)
  stream.end(text)
  await promise
}
