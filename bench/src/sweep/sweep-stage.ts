// OneTape as the benchmarks of sweeps run it: vendor, daemon, API and a subscriber, each a process, on a server of its own.
import { resolve } from 'node:path'
import { mintInstruments, setTierMembers, writeMarketShift } from '@onetape/db'
import { type Micros, nextSession } from '@onetape/market'
import { registry, simulatedSettings } from '@onetape/providers'
import { nodeEnv, nodeFlags } from '../../../scripts/launcher/node-flags.ts'
import { type BenchServer, benchServer } from '../bench-server.ts'
import { BenchChild } from './bench-child.ts'

export interface SweepStage extends AsyncDisposable {
  pool: TapeDb['pool']
  url: string
  vendor: BenchChild
  daemon: BenchChild
  api: BenchChild
  subscriber: BenchChild
}

export interface StageOptions {
  symbols: number
  /** Seconds between two sweeps; none: the daemon of the benchmark sweeps when it is asked to, and does nothing else. */
  everyS?: number
  /** For Node, of the daemon and of the API, beside what they run with anyway. */
  nodeFlags?: (app: 'daemon' | 'api') => readonly string[]
}

type TapeDb = Awaited<ReturnType<BenchServer['database']>>['db']
type Settings = Record<string, string>

const REPOSITORY = resolve(import.meta.dirname, '../../..')
const DAEMON = resolve(REPOSITORY, 'apps/daemon/src/main.ts')
const API = resolve(REPOSITORY, 'apps/api/src/main.ts')
const SIMULATOR = resolve(REPOSITORY, 'packages/simulator/src/main.ts')
const own = (file: string) => resolve(import.meta.dirname, file)
const HOUR_US = 3_600_000_000

export async function openStage(o: StageOptions): Promise<SweepStage> {
  await using stack = new AsyncDisposableStack()
  const server = stack.use(await benchServer())
  const { url, db } = await server.database('onetape_demo')
  const shiftUs = await openMarket(db)
  const settings = o.everyS === undefined ? {} : await otherVendors(stack, shiftUs)
  const vendor = stack.use(
    await BenchChild.start(own('busy-vendor.ts'), {
      env: {
        BENCH_SHIFT_US: String(shiftUs),
        BENCH_SYMBOLS: String(o.symbols),
        BENCH_OTHER_URL: settings.POLYGON_BASE_URL ?? '',
      },
    }),
  )
  await listTickers(db, { tickers: await vendor.ask<string[]>({ type: 'tickers' }), everyS: o.everyS })
  const env = {
    ...settings,
    ...nodeEnv(server.stateDir),
    ONETAPE_MODE: 'demo',
    DATABASE_URL: url,
    ONETAPE_STATE_DIR: server.stateDir,
    ONETAPE_LOG_LEVEL: 'warn',
    POLYGON_API_KEY: 'demo-key',
    POLYGON_BASE_URL: String(vendor.ready.url),
    POLYGON_STREAM_URL: settings.POLYGON_STREAM_URL ?? String(vendor.ready.url).replace('http', 'ws'),
  }
  const start = async (script: string, app: 'daemon' | 'api', more: Settings = {}) =>
    stack.use(
      await BenchChild.start(script, {
        env: { ...env, ...more },
        execArgv: [...nodeFlags(app), ...(o.nodeFlags?.(app) ?? [])],
      }),
    )
  const daemon = await start(o.everyS === undefined ? own('sweeping-daemon.ts') : DAEMON, 'daemon')
  const api = await start(API, 'api', { ONETAPE_PORT: '0' })
  const subscriber = stack.use(
    await BenchChild.start(own('subscriber.ts'), {
      env: { DATABASE_URL: url, BENCH_API_URL: `http://127.0.0.1:${api.ready.port}` },
    }),
  )
  const held = stack.move()
  return {
    pool: db.pool,
    url,
    vendor,
    daemon,
    api,
    subscriber,
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}

/** The market is moved into the middle of a session, whatever the hour. */
async function openMarket(db: TapeDb): Promise<number> {
  const from: Micros = Date.now() * 1000
  const to = nextSession('XNYS', from).open + 2 * HOUR_US
  await writeMarketShift(db, { shiftUs: to - from, from, to })
  return to - from
}

/** The simulator, for everything but the sweeps of equities. */
async function otherVendors(stack: AsyncDisposableStack, shiftUs: number): Promise<Settings> {
  const simulator = stack.use(
    await BenchChild.start(SIMULATOR, { env: { SIM_PORT: '0', SIM_SHIFT_US: String(shiftUs) } }),
  )
  return simulatedSettings(
    registry.definitions,
    simulator.ready.endpoints as Record<string, Record<string, string>>,
  )
}

/** One tier holds them all; where nothing is swept by itself, no slot of it comes due within the benchmark. */
async function listTickers(
  db: TapeDb,
  { tickers, everyS = 3_600 }: { tickers: readonly string[]; everyS?: number },
): Promise<void> {
  const minted = await mintInstruments(
    db,
    tickers.map((symbol) => ({ ref: { assetClass: 'equity' as const, symbol }, currency: 'USD' })),
  )
  const instrumentIds = minted.map(({ id }) => id)
  await setTierMembers(db, { tier: 'full_universe', instrumentIds, replace: true })
  await db.pool.query(`update universe_tiers set enabled = name = 'full_universe', frequency_s = $1`, [
    everyS,
  ])
}
