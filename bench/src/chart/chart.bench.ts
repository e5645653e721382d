// `pnpm bench chart`: a year of 1-minute bars at the width of a screen over HTTP, beside the same aggregating SQL alone
// through `pg`. The API is a process of its own; the sides take turns.
import { resolve } from 'node:path'
import { BAR_BUCKETS } from '@onetape/db/series/buckets-sql'
import { isoFromMicros, type Micros } from '@onetape/market'
import { Client } from 'pg'
import { benchServer } from '../bench-server.ts'
import { type BenchCase, type BenchReport, machine, median, spreadOf } from '../report.ts'
import { BenchChild } from '../sweep/bench-child.ts'
import { type LoadedYear, loadYear } from './load-year.ts'

const API = resolve(import.meta.dirname, '../../../apps/api/src/main.ts')
const RATIO_MAX = 1.5

interface Sizes {
  symbols: number
  sessions: number
  points: number
  rounds: number
}

/** 252 sessions of 390 minutes, less a few early closes. */
const FULL: Sizes = { symbols: 8, sessions: 252, points: 1_500, rounds: 15 }
const WARM_UP = 3

interface Chart {
  resolution: { name: string; lengthUs: number | null }
  bars: { ts: Micros; open: number; high: number; low: number; close: number; volume: number }[]
}

export async function run(o: Partial<Sizes> = {}): Promise<BenchReport> {
  const sizes = { ...FULL, ...o }
  await using server = await benchServer()
  const { url, db } = await server.database('onetape_demo')
  const year = await loadYear(db, { ...sizes, now: Date.now() * 1000 })
  const env = { ONETAPE_MODE: 'demo', DATABASE_URL: url, ONETAPE_LOG_LEVEL: 'warn', ONETAPE_PORT: '0' }
  await using api = await BenchChild.start(API, { env })
  const plain = new Client({
    connectionString: url,
    application_name: 'onetape bench',
    options: '-c TimeZone=UTC',
  })
  await plain.connect()
  try {
    const cases: BenchCase[] = []
    for (const points of [sizes.points, Math.ceil(sizes.points * 0.55)])
      cases.push(await compare({ year, plain, port: Number(api.ready.port), points, rounds: sizes.rounds }))
    return { name: 'chart', machine: machine(), cases }
  } finally {
    await plain.end()
  }
}

interface Comparison {
  year: LoadedYear
  plain: Client
  port: number
  points: number
  rounds: number
}

async function compare(o: Comparison): Promise<BenchCase> {
  const value: number[] = []
  const control: number[] = []
  let said: Chart = await overHttp(o)
  check(said, await alone(o, said.resolution))
  for (let round = -WARM_UP; round < o.rounds; round++) {
    const startedAt = performance.now()
    said = await overHttp(o)
    const answeredAt = performance.now()
    await alone(o, said.resolution)
    if (round < 0) continue
    value.push(answeredAt - startedAt)
    control.push(performance.now() - answeredAt)
  }
  const ratios = value.map((ms, i) => ms / control[i]!)
  const ratio = median(ratios)
  return {
    case: `${o.year.bars} minutes to ${said.bars.length} bars of ${said.resolution.name}`,
    value: median(value),
    unit: 'ms',
    control: median(control),
    ratio,
    spread: spreadOf(ratios),
    aim: `<= ${RATIO_MAX} of the SQL alone`,
    holds: ratio <= RATIO_MAX,
  }
}

/** As a program asks, to the last byte and parsed. */
async function overHttp({ year, port, points }: Comparison): Promise<Chart> {
  const input = { key: year.key, timeframe: '1m', from: year.from, to: year.to, points }
  const query = `input=${encodeURIComponent(JSON.stringify(input))}`
  const response = await fetch(`http://127.0.0.1:${port}/trpc/series.get?${query}`, {
    headers: { 'accept-encoding': 'identity' },
  })
  const body = (await response.json()) as { result?: { data: Chart }; error?: { message: string } }
  if (!body.result) throw new Error(`the API says: ${body.error?.message}`)
  return body.result.data
}

async function alone(
  { plain, year }: Comparison,
  { lengthUs }: Chart['resolution'],
): Promise<Record<string, string>[]> {
  if (lengthUs === null) throw new Error('this range should be shorter than days')
  const up = Math.ceil(year.to / lengthUs) * lengthUs
  const { rows } = await plain.query(BAR_BUCKETS, [
    year.instrumentId,
    year.sourceId,
    'raw',
    isoFromMicros(year.from - (year.from % lengthUs)),
    isoFromMicros(up),
    `${lengthUs / 60_000_000} minutes`,
  ])
  return rows
}

/** Both say the same, to the last figure. */
function check({ bars }: Chart, rows: Record<string, string>[]): void {
  const told = bars.map((b) => [b.ts / 1000, b.open, b.high, b.low, b.close, b.volume].join())
  const found = rows.map((r) =>
    [new Date(r.ts!).getTime(), ...[r.open, r.high, r.low, r.close, r.volume].map(Number)].join(),
  )
  const at = told.findIndex((line, i) => line !== found[i])
  if (told.length !== found.length || at >= 0)
    throw new Error(`the API's bar ${at} is ${told[at]}, the database's ${found[at]}`)
}
