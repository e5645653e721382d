// The planner's part: one symbol's year, and a batch of today, where the past is days, and where it is months.
import { createPartitionsFor, type Db, setPartitionWidth } from '@onetape/db'
import { DAY_US, isoFromMicros, type Micros } from '@onetape/market'
import { type BenchCase, median, spreadOf } from '../report.ts'

const NOW: Micros = Date.UTC(2020, 11, 31, 15) * 1000
const ROUNDS = 25
const YEAR = `select ts, close from market_data_bars
where instrument_id = $1 and timeframe = '1m' and source_id = 1 and ts >= $2 and ts < $3 order by ts desc limit 1500`

/** Two years of bars that are empty but for their partitions: 2019 in months, 2020 in days. */
export async function planningCases(db: Db): Promise<BenchCase[]> {
  await setPartitionWidth(db, { table: 'market_data_bars', width: 'day', marketNow: NOW })
  const daysOf = (year: number) =>
    Array.from({ length: 366 }, (_, n) => Date.UTC(year, 0, 1, 15) * 1000 + n * DAY_US).filter(
      (ts) => new Date(ts / 1000).getUTCFullYear() === year,
    )
  // Made when each day was recent, so in days; the year before on demand, so in months.
  for (const ts of daysOf(2020)) await createPartitionsFor(db, { marketNow: ts, ticks: [], bars: [ts] })
  await createPartitionsFor(db, { marketNow: NOW, ticks: [], bars: daysOf(2019) })
  const client = await db.pool.connect()
  const times: Record<'days' | 'months' | 'coldDays' | 'coldMonths', number[]> = {
    ...{ days: [], months: [], coldDays: [], coldMonths: [] },
  }
  const yearOf = async (year: number): Promise<number> => {
    const since = performance.now()
    await client.query(YEAR, [
      1,
      isoFromMicros(Date.UTC(year, 0) * 1000),
      isoFromMicros(Date.UTC(year + 1, 0) * 1000),
    ])
    return performance.now() - since
  }
  for (let n = 0; n < ROUNDS; n++) {
    times.days.push(await yearOf(2020))
    times.months.push(await yearOf(2019))
  }
  client.release(true)
  for (let n = 0; n < 5; n++) {
    for (const [key, year] of [
      ['coldDays', 2020],
      ['coldMonths', 2019],
    ] as const) {
      const fresh = await db.pool.connect()
      const since = performance.now()
      await fresh.query(YEAR, [
        1,
        isoFromMicros(Date.UTC(year, 0) * 1000),
        isoFromMicros(Date.UTC(year + 1, 0) * 1000),
      ])
      times[key].push(performance.now() - since)
      fresh.release(true)
    }
  }
  return [
    compare(
      "one symbol's year over 366 days, not over 12 months: plan and run, empty",
      times.days,
      times.months,
      40,
    ),
    compare('the same, first query of a connection', times.coldDays, times.coldMonths, 200),
  ]
}

function compare(name: string, value: number[], control: number[], max: number): BenchCase {
  const [v, c] = [median(value), median(control)]
  return {
    ...{ case: name, value: v, unit: 'ms', control: c, ratio: v / c, spread: spreadOf(value) },
    ...{ aim: `<= ${max} ms`, holds: v <= max },
  }
}
