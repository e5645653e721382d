// Partitions of the roll-ups: a month each for recent times, a year each for what is older than the last calendar year.
// Wider than those of ticks: a tenth of the rows, and buckets are updated in place, not appended everywhere.
import { isoFromMicros, type Micros } from '@onetape/market'
import type { PoolClient } from 'pg'
import type { Db } from '../connect.ts'
import { inTransaction, lockFor } from '../transaction.ts'

/** Every batch updates all open buckets: there is room on each page for the second version of each row. */
const FILLFACTOR = 50

/** For the instants of batches that are to be rolled up, outside the transaction that does it. */
export async function createRollupPartitions(
  db: Db,
  o: { marketNow: Micros; instants: readonly Micros[] },
): Promise<void> {
  const thisYear = yearOf(o.marketNow)
  await inTransaction(db, async (client) => {
    await lockFor(client, 'partitions')
    for (const ts of o.instants) {
      const [year, month] = [yearOf(ts), monthOf(ts)]
      if (await exists(client, nameOf(year))) continue
      const monthly = year >= thisYear - 1 || (await exists(client, `${nameOf(year)}m`, true))
      if (monthly && (await exists(client, nameOf(year, month)))) continue
      await create(client, year, monthly ? month : null)
    }
  })
}

/** Built apart and attached: unlike CREATE ... PARTITION OF, that blocks neither readers nor writers of the table. */
async function create(client: PoolClient, year: number, month: number | null): Promise<void> {
  const name = nameOf(year, month)
  const from = Date.UTC(year, (month ?? 1) - 1) * 1000
  const to = (month === null ? Date.UTC(year + 1, 0) : Date.UTC(year, month)) * 1000
  await client.query(
    `create table ${name} (like market_data_rollups including all) with (fillfactor = ${FILLFACTOR});
     alter table market_data_rollups attach partition ${name} for values from ('${isoFromMicros(from)}') to ('${isoFromMicros(to)}')`,
  )
}

async function exists(client: PoolClient, name: string, asPrefix = false): Promise<boolean> {
  const { rows } = await client.query(
    `select 1 from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'market_data_rollups'::regclass and (c.relname = $1 or ($2 and starts_with(c.relname, $1)))
     limit 1`,
    [name, asPrefix],
  )
  return rows.length > 0
}

const nameOf = (year: number, month: number | null = null): string =>
  `market_data_rollups_y${String(year).padStart(4, '0')}${month === null ? '' : `m${String(month).padStart(2, '0')}`}`

const dateOf = (ts: Micros): Date => new Date(Math.floor(ts / 1000))
const yearOf = (ts: Micros): number => dateOf(ts).getUTCFullYear()
const monthOf = (ts: Micros): number => dateOf(ts).getUTCMonth() + 1
