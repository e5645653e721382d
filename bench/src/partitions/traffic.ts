// Readers and a live writer that go on while something happens to the tables, and how long each of them waited.
import type { Db } from '@onetape/db'
import { isoFromMicros, MINUTE_US, type Micros, SECOND_US } from '@onetape/market'

export interface Traffic<T> {
  result: T
  reads: number[]
  writes: number[]
  /** Of anybody, for a lock on a table of the tape. */
  lockWaits: number[]
}

const READERS = 2
const BATCH_ROWS = 8_000

const LOOK_EVERY_MS = 4
/** Vacuum's requests are nobody's wait. */
const LOCK_WAITS = `select max(extract(epoch from clock_timestamp() - waitstart) * 1000)::float8 as longest from pg_locks
where not granted and mode <> 'ShareUpdateExclusiveLock' and mode <> 'AccessExclusiveLock'
  and relation in (select oid from pg_class where relname like 'market_data_%')`

let written = 0

/** All waits in ms. */
export async function during<T>(
  db: Db,
  o: { day: Micros; now: Micros; symbols: number },
  work: () => Promise<T>,
): Promise<Traffic<T>> {
  let isOver = false
  const [reads, writes, lockWaits]: [number[], number[], number[]] = [[], [], []]
  const repeat = async (into: number[], one: (n: number) => Promise<unknown>) => {
    for (let n = 0; !isOver; n++) {
      const since = performance.now()
      await one(n)
      into.push(performance.now() - since)
    }
  }
  const going = [
    ...Array.from({ length: READERS }, (_, r) =>
      repeat(reads, (n) =>
        db.pool.query(
          'select count(*) from market_data_ticks where instrument_id = $1 and source_id = 1 and ts >= $2 and ts < $3',
          [1 + ((n * 37 + r) % o.symbols), isoFromMicros(o.day), isoFromMicros(o.day + 720 * MINUTE_US)],
        ),
      ),
    ),
    repeat(writes, () => writeMinute(db, o.now)),
    repeat([], async () => {
      const { rows } = await db.pool.query(LOCK_WAITS)
      if (rows[0].longest !== null) lockWaits.push(rows[0].longest)
      await sleep(LOOK_EVERY_MS)
    }),
  ]
  const result = await work().finally(() => {
    isOver = true
  })
  await Promise.all(going)
  return { result, reads, writes, lockWaits }
}

export const longest = (waits: readonly number[]): number => waits.reduce((a, b) => Math.max(a, b), 0)

/** A tick of everything into today's partition, through the table as the daemon does it. */
async function writeMinute(db: Db, now: Micros): Promise<void> {
  await db.pool.query(
    `insert into market_data_ticks (ts, write_id, instrument_id, source_id, price, volume)
     select $1::timestamptz, $2, i, 1, 50 + i / 100.0, i from generate_series(1, ${BATCH_ROWS}) i`,
    [isoFromMicros(now + written++ * SECOND_US), written],
  )
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
