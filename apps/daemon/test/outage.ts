// A daemon that can be stopped for hours of market time in a moment: the real parts against the simulated vendors over
// HTTP, on a wall clock that a test moves forward while nobody looks.

import type { Instrument } from '@onetape/db'
import { readGaps, readInstruments, readSync } from '@onetape/db'
import type { TestDatabase } from '@onetape/db/testing'
import type { Bar, Clock, Micros } from '@onetape/market'
import { createProvider, registry, simulatedSettings } from '@onetape/providers'
import { type Simulator, startSimulator } from '@onetape/simulator'
import { createMarketClock } from '../src/clock/market-clock.ts'
import { type Daemon, start } from '../src/daemon.ts'
import { parseEnv } from '../src/env.ts'
import { createHouse } from '../src/house.ts'
import type { House } from '../src/ingest/ask-source.ts'
import type { SweptAssetClass } from '../src/ingest/house-order.ts'
import { createLog } from '../src/log.ts'

export interface Scene extends AsyncDisposable {
  simulator: Simulator
  market: Clock
  house: House
  /** What daemons logged, newest last. */
  lines: { msg: string; level: number }[]
  /** Starts a daemon of its own identity. */
  run(): Promise<Daemon>
  /** Nobody sees the time that passes. */
  pass(us: number): void
  /** Gaps that are still open, or being filled. */
  wanted(): Promise<number>
}

export interface SceneOptions {
  base: TestDatabase
  wall: Clock & { forward(byUs: number): void }
  vendors: readonly string[]
  quotas?: boolean
  /** Whether the vendors' reference lists are loaded: thousands of instruments. */
  lists?: boolean
}

export async function outageScene({
  base,
  wall,
  vendors,
  quotas = false,
  lists = false,
}: SceneOptions): Promise<Scene> {
  const market = createMarketClock(wall)
  const simulator = await startSimulator({ clock: market, quotas })
  const definitions = registry.definitions.filter((d) => vendors.includes(d.name))
  const env = parseEnv(simulatedSettings(definitions, simulator.endpoints))
  const lines: Scene['lines'] = []
  const log = createLog('daemon', env, { write: (line) => void lines.push(JSON.parse(line)) })
  const about = { env, db: base.db, definitions: registry.definitions, wall, market, fetch }
  const house = await createHouse({ ...about, onChange: () => {} })
  if (!lists) for (const { provider } of house.sources.values()) delete provider.listInstruments
  return {
    simulator,
    market,
    house,
    lines,
    run: () =>
      start({
        tape: { db: base.db, url: base.url, mode: 'live' },
        house,
        wall,
        market,
        log,
        instanceId: crypto.randomUUID(),
        pid: process.pid,
        fill: null,
        streams: false,
      }),
    pass: (us) => wall.forward(us),
    wanted: async () => (await readGaps(base.db, { states: ['open', 'filling'] })).length,
    async [Symbol.asyncDispose]() {
      await house.calls[Symbol.asyncDispose]()
      await simulator.close()
    },
  }
}

/** Tiers beside core are not swept. */
export async function onlyCore({ db }: TestDatabase): Promise<void> {
  await db.pool.query(`update universe_tiers set enabled = name = 'core'`)
}

/** Minute bars of every instrument as the tape holds them, in a span. */
export async function minutesOf({ db }: TestDatabase, span: { from: Micros; to: Micros }) {
  const { rows } = await db.pool.query<{ key: string; n: number; first: Micros; last: Micros; open: number }>(
    `select i.key, count(*) as n, min(b.ts) as first, max(b.ts) as last, count(*) filter (where not b.final) as open
     from market_data_bars b join instruments i on i.id = b.instrument_id
     where b.timeframe = '1m' and b.ts >= $1 and b.ts < $2 group by i.key`,
    [iso(span.from), iso(span.to)],
  )
  return new Map(rows.map((row) => [row.key, row]))
}

export interface StoredMinute {
  ts: Micros
  source: string
  open: number
  high: number
  low: number
  close: number
  volume: number | null
  final: boolean
}

export async function minuteBars(
  { db }: TestDatabase,
  o: { key: string; from: Micros; to: Micros },
): Promise<StoredMinute[]> {
  const { rows } = await db.pool.query<StoredMinute>(
    `select b.ts, s.name as source, b.open, b.high, b.low, b.close, b.volume, b.final
     from market_data_bars b join instruments i on i.id = b.instrument_id join sources s on s.id = b.source_id
     where i.key = $1 and b.timeframe = '1m' and b.ts >= $2 and b.ts < $3 order by b.ts`,
    [o.key, iso(o.from), iso(o.to)],
  )
  return rows
}

/** What the vendor itself says, asked outside of all daemons and budgets. */
export async function vendorMinutes(
  { simulator, market }: Scene,
  o: { source: string; instrument: Instrument; from: Micros; to: Micros },
): Promise<Bar[]> {
  const { assetClass, symbol } = o.instrument
  const provider = createProvider(o.source, {
    fetch,
    marketClock: market,
    wallClock: market,
    random: Math.random,
    timeoutMs: 20_000,
    baseUrls: simulator.endpoints[o.source],
    credentials: { apiKey: 'test', token: 'test', accountId: '101-001-1234567-001' },
  })
  const range = { ref: { assetClass, symbol }, timeframe: '1m' as const, from: o.from, to: o.to }
  return (await provider.getBars(range)).rows
}

export async function instrumentsOf(
  { db }: TestDatabase,
  assetClass: SweptAssetClass,
): Promise<Instrument[]> {
  return (await readInstruments(db)).filter((i) => i.assetClass === assetClass)
}

export const syncedTo = async ({ db }: TestDatabase, scope: string): Promise<Micros | null> =>
  (await readSync(db)).find((row) => row.scope === scope)?.lastSync ?? null

const iso = (us: Micros): string => new Date(us / 1000).toISOString()
