// OneTape as the sweep benchmark runs it: vendor, daemon, API and a subscriber, each a process, on a server of its own.
import { resolve } from 'node:path'
import { mintInstruments, setTierMembers, writeMarketShift } from '@onetape/db'
import { type Micros, nextSession } from '@onetape/market'
import { type BenchServer, benchServer } from '../bench-server.ts'
import { BenchChild } from './bench-child.ts'

export interface SweepStage extends AsyncDisposable {
  pool: Awaited<ReturnType<BenchServer['database']>>['db']['pool']
  vendor: BenchChild
  daemon: BenchChild
  api: BenchChild
  subscriber: BenchChild
}

export interface StageOptions {
  symbols: number
  /** For Node, of the daemon and of the API: a profiler's. */
  profile?: { daemon?: readonly string[]; api?: readonly string[] }
}

const API = resolve(import.meta.dirname, '../../../apps/api/src/main.ts')
const own = (file: string) => resolve(import.meta.dirname, file)
const HOUR_US = 3_600_000_000

/** The market is moved into the middle of a session, whatever the hour. */
export async function openStage(o: StageOptions): Promise<SweepStage> {
  await using stack = new AsyncDisposableStack()
  const server = stack.use(await benchServer())
  const { url, db } = await server.database('onetape_demo')
  const shiftUs = await openMarket(db)
  const vendor = stack.use(
    await BenchChild.start(own('busy-vendor.ts'), {
      env: { BENCH_SHIFT_US: String(shiftUs), BENCH_SYMBOLS: String(o.symbols) },
    }),
  )
  await listTickers(db, await vendor.ask<string[]>({ type: 'tickers' }))
  const env = {
    ONETAPE_MODE: 'demo',
    DATABASE_URL: url,
    ONETAPE_STATE_DIR: server.stateDir,
    ONETAPE_LOG_LEVEL: 'warn',
    POLYGON_API_KEY: 'demo-key',
    POLYGON_BASE_URL: String(vendor.ready.url),
    POLYGON_STREAM_URL: String(vendor.ready.url).replace('http', 'ws'),
    ONETAPE_STREAMS: 'off',
  }
  const daemon = stack.use(
    await BenchChild.start(own('sweeping-daemon.ts'), { env, execArgv: o.profile?.daemon }),
  )
  const api = stack.use(
    await BenchChild.start(API, { env: { ...env, ONETAPE_PORT: '0' }, execArgv: o.profile?.api }),
  )
  const subscriber = stack.use(
    await BenchChild.start(own('subscriber.ts'), {
      env: { DATABASE_URL: url, BENCH_API_URL: `http://127.0.0.1:${api.ready.port}` },
    }),
  )
  const held = stack.move()
  return {
    pool: db.pool,
    vendor,
    daemon,
    api,
    subscriber,
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}

type TapeDb = Awaited<ReturnType<BenchServer['database']>>['db']

async function openMarket(db: TapeDb): Promise<number> {
  const from: Micros = Date.now() * 1000
  const to = nextSession('XNYS', from).open + 2 * HOUR_US
  await writeMarketShift(db, { shiftUs: to - from, from, to })
  return to - from
}

/** One tier holds them all, and no slot of it comes due by itself within the benchmark. */
async function listTickers(db: TapeDb, tickers: readonly string[]): Promise<void> {
  const minted = await mintInstruments(
    db,
    tickers.map((symbol) => ({ ref: { assetClass: 'equity' as const, symbol }, currency: 'USD' })),
  )
  const instrumentIds = minted.map(({ id }) => id)
  await setTierMembers(db, { tier: 'full_universe', instrumentIds, replace: true })
  await db.pool.query(`update universe_tiers set enabled = name = 'full_universe'`)
}
