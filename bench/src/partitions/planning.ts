// The planner's part: one symbol's year of bars, where partitions are as they come by default, and where all are days.
import { createPartitionsFor, type Db, setPartitionWidth } from '@onetape/db'
import { DAY_US, isoFromMicros, type Micros } from '@onetape/market'
import { type BenchCase, median, spreadOf } from '../report.ts'

const T = 'market_data_bars'
const DAYS_YEAR = 2019
const DEFAULT_YEAR = 2020
const ROUNDS = 25
const FRESH_ROUNDS = 7
const CHART = `select ts, close from ${T}
where instrument_id = $1 and timeframe = '1m' and source_id = 1 and ts >= $2 and ts < $3 order by ts desc limit 1500`

const endOf = (year: number): Micros => Date.UTC(year, 11, 31, 15) * 1000
const rangeOf = (year: number) => [year, year + 1].map((y) => isoFromMicros(Date.UTC(y, 0) * 1000))

/** Partitions without rows: what is left is planning, and opening each one of them. */
export async function planningCases(db: Db): Promise<BenchCase[]> {
  // Each day made when it was today, and never joined.
  await setPartitionWidth(db, { table: T, width: 'day', marketNow: endOf(DAYS_YEAR) })
  for (const ts of daysOf(DAYS_YEAR)) await createPartitionsFor(db, { marketNow: ts, bars: [ts] })
  // As it is at the end of a year: weeks, and the months that older ones were joined to.
  await setPartitionWidth(db, { table: T, width: 'week', marketNow: endOf(DEFAULT_YEAR) })
  await createPartitionsFor(db, { marketNow: endOf(DEFAULT_YEAR), bars: daysOf(DEFAULT_YEAR) })

  const kept = await db.pool.connect()
  const years = [DEFAULT_YEAR, DAYS_YEAR] as const
  const [again, first]: [number[], number[]][] = [
    [[], []],
    [[], []],
  ]
  for (let n = 0; n < ROUNDS; n++) {
    for (const [which, year] of years.entries()) {
      const since = performance.now()
      await kept.query(CHART, [1, ...rangeOf(year)])
      again![which]!.push(performance.now() - since)
      if (n < FRESH_ROUNDS) first![which]!.push(await firstOf(db, year))
    }
  }
  kept.release(true)
  return [
    compare("planning one symbol's year: weeks and months by default, against 365 days", again!),
    compare('the same, as the first query of a connection', first!),
  ]
}

/** The pool hands out none that was used before: each is thrown away. */
async function firstOf(db: Db, year: number): Promise<number> {
  const fresh = await db.pool.connect()
  await fresh.query('select 1')
  const since = performance.now()
  await fresh.query(CHART, [1, ...rangeOf(year)])
  const ms = performance.now() - since
  fresh.release(true)
  return ms
}

const daysOf = (year: number): Micros[] =>
  Array.from({ length: 366 }, (_, n) => Date.UTC(year, 0, 1, 15) * 1000 + n * DAY_US).filter(
    (ts) => new Date(ts / 1000).getUTCFullYear() === year,
  )

function compare(name: string, [values, controls]: [number[], number[]]): BenchCase {
  const [value, control] = [median(values), median(controls)]
  return {
    ...{ case: name, value, unit: 'ms', control, ratio: value / control, spread: spreadOf(values) },
    ...{ aim: '<= 0.25', holds: value <= control * 0.25 },
  }
}
