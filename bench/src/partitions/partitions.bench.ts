// What packing a closed day of 8,000 symbols brings, what it costs those who read and write meanwhile, and what many
// partitions cost the planner.
import { createPartitionsFor, type Db, packPartitions, readPartitions } from '@onetape/db'
import { DAY_US, isoFromMicros, MINUTE_US, type Micros } from '@onetape/market'
import { benchServer } from '../bench-server.ts'
import {
  type BenchCase,
  type BenchOptions,
  type BenchReport,
  machine,
  median,
  quantile,
  spreadOf,
} from '../report.ts'
import { planningCases } from './planning.ts'
import { during, longest } from './traffic.ts'

const SYMBOLS = 8_000
const MINUTES = 390
const OPEN: Micros = Date.UTC(2026, 10, 16, 14, 30) * 1000
const NOW: Micros = OPEN + 4 * DAY_US
const READS = 400
const CALM_MS = 20_000
/** Longer than this is felt. */
const BLINK_MS = 250
const T = 'market_data_ticks'

interface Shape extends BenchOptions {
  symbols?: number
  sessionMinutes?: number
  calmMs?: number
  planning?: boolean
}

export async function run(o: Shape = {}): Promise<BenchReport> {
  const { planning = true, symbols = SYMBOLS, sessionMinutes: minutes = MINUTES, calmMs = CALM_MS } = o
  await using server = await benchServer()
  const { db } = await server.database('partitions')
  // Two days with the same rows: one is packed, one stays as it came.
  const days = [OPEN, OPEN + DAY_US] as const
  await createPartitionsFor(db, { marketNow: NOW, ticks: [...days, NOW], bars: [] })
  for (const day of days) await fillDay(db, day, { symbols, minutes })
  const [packedName, plainName] = [`${T}_y2026m11d16`, `${T}_y2026m11d17`]

  const calm = await during(db, { day: days[0], now: NOW, symbols }, () => sleep(calmMs))
  const busy = await during(db, { day: days[0], now: NOW, symbols }, async () => {
    const [packed] = await packPartitions(db, { marketNow: NOW, names: [packedName], rest: 1 })
    if (packed?.left !== null) throw new Error(`not packed: ${packed?.left}`)
    return packed
  })
  const late = await lateWriter(db, { day: days[1], name: plainName })
  const sizes = await sizesOf(db, symbols * minutes, [packedName, plainName])
  const cases: BenchCase[] = [
    {
      ...{ case: 'bytes per tick of a packed day, all indexes', value: sizes.packed, unit: 'B' },
      ...{ control: sizes.plain, ratio: sizes.packed / sizes.plain, spread: null },
      ...{ aim: '<= 0.90 of the same rows as they came', holds: sizes.packed / sizes.plain <= 0.9 },
    },
    await readCase(db, days, symbols),
    bare('longest wait for a lock while a day was packed', longest(busy.lockWaits), 'ms', BLINK_MS),
    share('reads of that day meanwhile, p99', busy.reads, calm.reads),
    share('live batches of 8,000 ticks meanwhile, p99', busy.writes, calm.writes),
    bare('wait of a late row for the day that is packed', late, 'ms', BLINK_MS),
    bare('time that the table was held', busy.result.heldMs, 'ms', BLINK_MS),
    bare('packing, resting half of the time', busy.result.durationMs / 1000, 's', 600),
    ...(planning ? await planningCases(db) : []),
  ]
  return { name: 'partitions', machine: machine(), cases }
}

/** In the order in which they come: minute by minute, every symbol. */
async function fillDay(db: Db, day: Micros, o: { symbols: number; minutes: number }): Promise<void> {
  const client = await db.pool.connect()
  await client.query('set statement_timeout = 0')
  for (let from = 0; from < o.minutes; from += 30) {
    await client.query(
      `insert into ${T} (ts, write_id, instrument_id, source_id, price, volume)
       select $1::timestamptz + make_interval(mins => m), m, i, 1, 50 + ((i * 7919 + m * 31) % 40000) / 100.0, 1000 + m * 313 + i
       from generate_series($2::int, $3::int) m, generate_series(1, $4::int) i order by m, i`,
      [isoFromMicros(day), from, Math.min(from + 30, o.minutes) - 1, o.symbols],
    )
  }
  await client.query(`vacuum analyze ${T}`)
  client.release(true)
}

async function sizesOf(
  db: Db,
  rows: number,
  names: readonly [string, string],
): Promise<{ packed: number; plain: number }> {
  const all = await readPartitions(db)
  const [packed, plain] = names.map((name) => {
    const p = all.find((one) => one.name === name)!
    return (p.bytes + p.indexBytes) / rows
  })
  return { packed: packed!, plain: plain! }
}

/** One symbol's whole day, as a chart reads it. */
async function readCase(db: Db, days: readonly [Micros, Micros], symbols: number): Promise<BenchCase> {
  const times: [number[], number[]] = [[], []]
  for (let n = 0; n < READS; n++) {
    for (const which of n % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
      const since = performance.now()
      await db.pool.query({
        name: `day ${which}`,
        text: `select ts, price, volume from ${T} where instrument_id = $1 and source_id = 1 and ts >= $2 and ts < $3 order by ts`,
        values: [
          1 + ((n * 37) % symbols),
          isoFromMicros(days[which]),
          isoFromMicros(days[which] + 12 * 60 * MINUTE_US),
        ],
      })
      times[which].push(performance.now() - since)
    }
  }
  const [packed, plain] = times.map(median) as [number, number]
  return {
    ...{ case: "one symbol's day", value: packed, unit: 'ms', control: plain, ratio: packed / plain },
    ...{ spread: spreadOf(times[0]), aim: '<= 1.0 of the same rows as they came', holds: packed <= plain },
  }
}

/** Somebody writes into a day that is being packed: it must give way. */
async function lateWriter(db: Db, o: { day: Micros; name: string }): Promise<number> {
  const stop = new AbortController()
  const packing = packPartitions(db, {
    marketNow: NOW + DAY_US,
    names: [o.name],
    signal: stop.signal,
    rest: 100,
  })
  for (;;) {
    const { rows } = await db.pool.query(`select from pg_class where relname = $1`, [`packing_${o.name}`])
    if (rows.length > 0) break
  }
  const since = performance.now()
  await db.pool.query(
    `insert into ${T} (ts, write_id, instrument_id, source_id, price) values ($1, 1000, 1, 2, 5)`,
    [isoFromMicros(o.day)],
  )
  const waitedMs = performance.now() - since
  const [packed] = await packing
  if (packed?.left !== 'somebody writes there')
    throw new Error(`the late writer was not noticed: ${packed?.left}`)
  return waitedMs
}

/** Packing takes its part of the machine. */
function share(name: string, busy: number[], calm: number[]): BenchCase {
  const [value, control] = [quantile(busy, 0.99), quantile(calm, 0.99)]
  return {
    ...{ case: name, value, unit: 'ms', control, ratio: value / control, spread: spreadOf(busy) },
    ...{ aim: '<= 3 times as long', holds: value <= 3 * control },
  }
}

const bare = (name: string, value: number, unit: string, max: number): BenchCase => ({
  ...{ case: name, value, unit, control: null, ratio: null, spread: null },
  ...{ aim: `<= ${max} ${unit}`, holds: value <= max },
})

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
