// `pnpm bench router`: what the router adds to a call, how fast it turns to the next source, what a decision costs.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Micros, microsFromIso, type SymbolRef } from '@onetape/market'
import { type IDataProvider, registry } from '@onetape/providers'
import { type Endpoints, startSimulator } from '@onetape/simulator'
import { type BenchCase, type BenchReport, machine, median, spreadOf } from '../report.ts'
import { routedHouse, wallClock } from './routed-house.ts'

const MARKET_START: Micros = microsFromIso('2026-11-20T14:31:20-05:00')!
const AAPL: SymbolRef = { assetClass: 'equity', symbol: 'AAPL' }
const ROUNDS = 9
const CALLS = 100
const FAILED_MS = 100
const DECISIONS = 100_000

export async function run(): Promise<BenchReport> {
  return {
    name: 'router',
    machine: machine(),
    cases: [
      await besideAdapter(),
      await ownCost(),
      await cachedCost(),
      await failover(),
      ...(await decisions()),
    ],
  }
}

const definitions = registry.definitions
const shifted = (startedAt = wallClock.now()) => ({ now: () => MARKET_START + wallClock.now() - startedAt })
const house = { userId: null, cacheMs: 0 } as const

/** Milliseconds for one of many calls, one after the other. */
async function eachMs(calls: number, call: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  for (let i = 0; i < calls; i++) await call()
  return (performance.now() - startedAt) / calls
}

/** Both ways in turn, so that whatever else the machine does falls on both. */
async function sideBySide(calls: number, routed: () => Promise<unknown>, direct: () => Promise<unknown>) {
  const values: number[] = []
  const controls: number[] = []
  await eachMs(calls, routed)
  await eachMs(calls, direct)
  for (let round = 0; round < ROUNDS; round++) {
    const directFirst = round % 2 === 0
    if (directFirst) controls.push(await eachMs(calls, direct))
    values.push(await eachMs(calls, routed))
    if (!directFirst) controls.push(await eachMs(calls, direct))
  }
  const ratios = values.map((value, i) => value / controls[i]!)
  const differences = values.map((value, i) => value - controls[i]!)
  return { value: median(values), control: median(controls), ratios, differences }
}

/** One quote of Polygon's simulation over HTTP: through the router, and straight from the adapter. */
async function besideAdapter(): Promise<BenchCase> {
  const marketClock = shifted()
  const simulator = await startSimulator({ clock: marketClock, quotas: false })
  try {
    await using world = routedHouse({ definitions, endpoints: simulator.endpoints, marketClock })
    const { provider } = world.source('polygon')
    const routed = () => world.router.quotes({ ...house, refs: [AAPL] })
    await served(routed)
    const o = await sideBySide(CALLS, routed, () => provider!.getQuotes([AAPL]))
    return {
      case: 'a quote over HTTP through the router, beside the adapter alone',
      value: o.value,
      unit: 'ms',
      control: o.control,
      ratio: median(o.ratios),
      spread: spreadOf(o.ratios),
      aim: 'at most 0.5 ms more (0.5 % of a 100 ms call)',
      holds: median(o.differences) < 0.5,
    }
  } finally {
    await simulator.close()
  }
}

async function served(
  call: () => Promise<{ rows: { receipt: { source: string | null } }[] }>,
): Promise<void> {
  const source = (await call()).rows[0]?.receipt.source
  if (source !== 'polygon') throw new Error(`polygon was to serve, and ${source ?? 'nobody'} did`)
}

const elsewhere: Endpoints = Object.fromEntries(
  definitions.map(({ name, settings }) => [
    name,
    Object.fromEntries(
      settings
        .filter((s) => s.role === 'baseUrl')
        .map((s) => [s.field, `${s.field === 'tws' ? 'tcp' : 'http'}://127.0.0.1:9`]),
    ),
  ]),
)

/** The seven as they are, the first of them answering from memory: what is left is the router alone. */
function inMemory() {
  const marketClock = shifted()
  const world = routedHouse({ definitions, endpoints: elsewhere, marketClock })
  const quote = {
    ...AAPL,
    ts: MARKET_START,
    tsOrigin: 'vendor',
    last: 250,
    bid: 249.99,
    ask: 250.01,
    bidSize: 1,
    askSize: 1,
    volume: 1,
    feed: 'sip',
    delayedMinutes: 0,
    currency: 'USD',
  } as const
  const source = world.source('polygon')
  const answer = async () => ({ rows: [quote], dropped: [], missing: [], fetchedAt: MARKET_START, calls: 1 })
  const provider: IDataProvider = { ...source.provider!, getQuotes: answer }
  source.provider = provider
  return { ...world, provider }
}

async function ownCost(): Promise<BenchCase> {
  const { router, provider } = inMemory()
  const routed = () => router.quotes({ ...house, refs: [AAPL] })
  await served(routed)
  const { value, control, differences } = await sideBySide(5_000, routed, () => provider.getQuotes([AAPL]))
  const ownUs = median(differences) * 1000
  return {
    case: 'own cost of a call, seven sources planned, the vendor answering from memory',
    value: ownUs,
    unit: 'us',
    control: control * 1000,
    ratio: value / control,
    spread: spreadOf(differences),
    aim: '< 1000 us (1 % of a 100 ms call)',
    holds: ownUs < 1000,
  }
}

async function cachedCost(): Promise<BenchCase> {
  const { router, provider } = inMemory()
  const cached = () => router.quotes({ userId: null, cacheMs: 3_600_000, refs: [AAPL] })
  await cached()
  const { control, differences } = await sideBySide(5_000, cached, () => provider.getQuotes([AAPL]))
  const ownUs = median(differences) * 1000
  return {
    case: 'an answer given again',
    value: ownUs,
    unit: 'us',
    control: control * 1000,
    ratio: null,
    spread: spreadOf(differences),
    aim: '< 200 us',
    holds: ownUs < 200,
  }
}

/** A real vendor that takes 100 ms to refuse: time from its answer to the next source's call. */
async function failover(): Promise<BenchCase> {
  const refusing = createServer((_req, res) => {
    setTimeout(() => res.writeHead(401, { 'content-type': 'application/json' }).end('{}'), FAILED_MS)
  })
  await new Promise<void>((resolve) => refusing.listen(0, '127.0.0.1', resolve))
  const rest = `http://127.0.0.1:${(refusing.address() as AddressInfo).port}`
  const marketClock = shifted()
  const simulator = await startSimulator({ clock: marketClock, quotas: false })
  try {
    const endpoints = { ...simulator.endpoints, polygon: { ...simulator.endpoints.polygon, rest } }
    const order = { primary: 'polygon', fallbacks: ['yahoo'] }
    await using world = routedHouse({ definitions, endpoints, marketClock, order })
    const decidedMs: number[] = []
    const failedMs: number[] = []
    for (let i = 0; i < 30; i++) {
      const { attempts } = await world.router.quotes({ ...house, refs: [AAPL] })
      const [failed, next] = attempts
      if (failed?.reason !== 'unauthorized' || next?.outcome !== 'served')
        throw new Error(`no failover happened: ${JSON.stringify(attempts)}`)
      decidedMs.push((next.startedAt! - failed.startedAt!) / 1000 - failed.latencyMs!)
      failedMs.push(failed.latencyMs!)
      world.health.reset('polygon')
    }
    const ratios = decidedMs.map((decided, i) => decided / failedMs[i]!)
    return {
      case: 'from a call that failed after 100 ms to the next source',
      value: median(decidedMs),
      unit: 'ms',
      control: median(failedMs),
      ratio: median(ratios),
      spread: spreadOf(ratios),
      aim: 'ratio < 0.05',
      holds: median(ratios) < 0.05,
    }
  } finally {
    await simulator.close()
    refusing.closeAllConnections()
    refusing.close()
  }
}

/** Every kind of question in turn, all seven sources weighed in each. */
async function decisions(): Promise<BenchCase[]> {
  await using world = routedHouse({ definitions, endpoints: elsewhere, marketClock: shifted() })
  const day = 86_400_000_000
  const range = { timeframe: '1d', from: MARKET_START - 30 * day, to: MARKET_START } as const
  const questions = [
    { need: 'quote', ref: AAPL },
    { need: 'snapshot', ref: { assetClass: 'crypto', symbol: 'BTC-USD' } },
    { need: 'bars', ref: AAPL, ...range },
    { need: 'fundamentals', ref: AAPL },
    { need: 'options', ref: AAPL },
    { need: 'quote', ref: { assetClass: 'fx', symbol: 'EUR-USD' } },
  ] as const
  const totals: number[] = []
  for (let round = 0; round < 5; round++) {
    const startedAt = performance.now()
    for (let i = 0; i < DECISIONS; i++) {
      const { sources } = await world.router.explain({ userId: null, ...questions[i % questions.length]! })
      if (sources.length !== definitions.length) throw new Error(`weighed ${sources.length} sources`)
    }
    totals.push(performance.now() - startedAt)
  }
  const bare = { control: null, ratio: null, spread: spreadOf(totals) }
  const eachUs = (median(totals) / DECISIONS) * 1000
  const sources = `${definitions.length} sources`
  return [
    {
      ...bare,
      case: `${DECISIONS} decisions over ${sources}`,
      value: median(totals) / 1000,
      unit: 's',
      aim: '< 5 s',
      holds: median(totals) < 5_000,
    },
    {
      ...bare,
      case: `one decision over ${sources}`,
      value: eachUs,
      unit: 'us',
      aim: '< 50 us',
      holds: eachUs < 50,
    },
  ]
}
