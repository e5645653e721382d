// `pnpm bench latest`: quotes with their receipts over HTTP, 100 symbols a request, beside a bare Fastify route that
// returns the same bytes. API, bare route and load client are a process each; the sides take turns within each round.
import { resolve } from 'node:path'
import { type Db, mintInstruments, writeBatch, writeMarketShift } from '@onetape/db'
import { type Micros, nextSession, SECOND_US } from '@onetape/market'
import { benchServer } from '../bench-server.ts'
import { type BenchCase, type BenchReport, machine, median, spreadOf } from '../report.ts'
import { BenchChild } from '../sweep/bench-child.ts'

const API = resolve(import.meta.dirname, '../../../apps/api/src/main.ts')
const own = (file: string) => resolve(import.meta.dirname, file)

const RATIO_MIN = 0.8
const HOUR_US = 3_600 * SECOND_US
const ATTEMPTS = [{ source: 'polygon', outcome: 'served', asked: 8_000, served: 8_000, latencyMs: 412.5 }]

interface Sizes {
  instruments: number
  perRequest: number
  /** Lists of symbols that are asked for in turn. */
  lists: number
  rounds: number
  roundMs: number
}

const FULL: Sizes = { instruments: 8_000, perRequest: 100, lists: 64, rounds: 9, roundMs: 2_000 }
const CONNECTIONS = 8
/** Until the compilers of both sides have nothing left to do. */
const WARM_UP_ROUNDS = 3

export interface Stage extends AsyncDisposable {
  db: Db
  now: () => Micros
  port: { api: number; bare: number }
  symbols: string[]
  /** Quotes a second. */
  load(side: 'api' | 'bare', o: { paths: string[]; durationMs: number }): Promise<number>
  bodies(texts: string[]): Promise<unknown>
}

export async function openStage(instruments: number): Promise<Stage> {
  await using stack = new AsyncDisposableStack()
  const server = stack.use(await benchServer())
  const { url, db } = await server.database('onetape_demo')
  const from: Micros = Date.now() * 1000
  const shiftUs = nextSession('XNYS', from).open + 2 * HOUR_US - from
  await writeMarketShift(db, { shiftUs, from, to: from + shiftUs })
  const now = () => Date.now() * 1000 + shiftUs
  const symbols = Array.from({ length: instruments }, (_, i) => symbolOf(i))
  await quoteAll(db, { symbols, now: now() })
  const env = { ONETAPE_MODE: 'demo', DATABASE_URL: url, ONETAPE_LOG_LEVEL: 'warn', ONETAPE_PORT: '0' }
  const execArgv = process.env.BENCH_PROFILE_DIR
    ? ['--cpu-prof', `--cpu-prof-dir=${process.env.BENCH_PROFILE_DIR}`]
    : []
  const api = stack.use(await BenchChild.start(API, { env, execArgv }))
  const bare = stack.use(await BenchChild.start(own('bare-route.ts')))
  const client = stack.use(await BenchChild.start(own('load-client.ts')))
  const port = { api: Number(api.ready.port), bare: Number(bare.ready.port) }
  const held = stack.move()
  return {
    ...{ db, now, port, symbols },
    async load(side, o) {
      const order = { type: 'load', port: port[side], connections: CONNECTIONS, ...o }
      const { answers, seconds } = await client.ask<{ answers: number; seconds: number }>(order)
      return answers / seconds
    },
    bodies: (texts) => bare.ask({ type: 'bodies', texts }),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}

/** Four letters: AAAA, BAAA, ... */
const symbolOf = (n: number) =>
  String.fromCharCode(...[1, 26, 676, 17_576].map((unit) => 65 + (Math.floor(n / unit) % 26)))

async function quoteAll(db: Db, o: { symbols: readonly string[]; now: Micros }): Promise<void> {
  const minted = await mintInstruments(
    db,
    o.symbols.map((symbol) => ({
      ref: { assetClass: 'equity' as const, symbol },
      name: `${symbol} Holdings Inc.`,
    })),
  )
  const rows = minted.map(({ id }, i) => ({
    ...{ instrumentId: id, ts: o.now - (i % 60) * SECOND_US, last: 100 + (i % 900) / 8, previousClose: 100 },
    ...{ bid: 99.99 + (i % 900) / 8, ask: 100.01 + (i % 900) / 8, bidSize: 100, askSize: 300 },
    day: { open: 100, high: 101 + (i % 900) / 8, low: 99, close: 100 + (i % 900) / 8, volume: 1_000_000 + i },
    ...{ volume: 1_000_000 + i, sessionDate: new Date(o.now / 1000).toISOString().slice(0, 10) },
    ...{ feed: 'delayed', delayedMinutes: 15, tsOrigin: 'vendor' as const },
  }))
  await writeBatch(db, {
    ...{
      kind: 'ticks',
      source: 'polygon',
      feed: 'delayed',
      fetchedAt: o.now,
      marketNow: o.now,
      attempts: ATTEMPTS,
    },
    latest: { rows, sourceOrder: { default: ['polygon'] }, cadenceUs: 60 * SECOND_US },
  })
}

export async function run(o: Partial<Sizes> = {}): Promise<BenchReport> {
  const sizes = { ...FULL, ...o }
  await using stage = await openStage(sizes.instruments)
  const cases: BenchCase[] = []
  const { perRequest, lists } = sizes
  cases.push(
    await measure(stage, sizes, { name: `${perRequest} symbols a request, ${lists} lists in turn`, lists }),
  )
  const never = Math.min(lists * 64, 4_096)
  cases.push(
    await measure(stage, sizes, {
      name: `the same, ${never} lists in turn (each taken apart anew)`,
      lists: never,
    }),
  )
  return { name: 'latest', machine: machine(), cases }
}

async function measure(
  stage: Stage,
  { perRequest, rounds, roundMs }: Sizes,
  o: { name: string; lists: number },
): Promise<BenchCase> {
  const paths = Array.from({ length: o.lists }, (_, n) => pathOf(stage.symbols, { n, perRequest }))
  await stage.bodies(await sample(stage, { paths: paths.slice(0, 64), perRequest }))
  const value: number[] = []
  const control: number[] = []
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    const api = await stage.load('api', { paths, durationMs: roundMs })
    const bare = await stage.load('bare', { paths, durationMs: roundMs })
    if (round < 0) continue
    value.push(api * perRequest)
    control.push(bare * perRequest)
  }
  const ratios = value.map((v, i) => v / control[i]!)
  const ratio = median(ratios)
  return {
    case: o.name,
    value: median(value),
    unit: 'quotes/s',
    control: median(control),
    ratio,
    spread: spreadOf(ratios),
    aim: `>= ${RATIO_MIN} of a bare route`,
    holds: ratio >= RATIO_MIN,
  }
}

/** Lists that have little in common with each other. */
function pathOf(symbols: readonly string[], { n, perRequest }: { n: number; perRequest: number }): string {
  const asked = Array.from({ length: perRequest }, (_, i) => symbols[(n * 37 + i * 7_919) % symbols.length]!)
  return `/api/quotes?symbols=${[...new Set(asked)].join(',')}`
}

/** What the API answers, checked: every quote there, each with a receipt that names its source and its batch. */
async function sample(stage: Stage, o: { paths: string[]; perRequest: number }): Promise<string[]> {
  const texts: string[] = []
  for (const path of o.paths) {
    const response = await fetch(`http://127.0.0.1:${stage.port.api}${path}`, {
      headers: { 'accept-encoding': 'identity' },
    })
    const text = await response.text()
    const { quotes } = JSON.parse(text) as { quotes: { receipt: { source: string; attempts: unknown[] } }[] }
    const whole = quotes.filter(
      ({ receipt }) => receipt.source === 'polygon' && receipt.attempts.length === 1,
    )
    if (whole.length !== o.perRequest)
      throw new Error(`${path} gave ${whole.length} quotes with receipts, not ${o.perRequest}`)
    texts.push(text)
  }
  return texts
}
