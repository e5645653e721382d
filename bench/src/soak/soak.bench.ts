// `pnpm bench soak [--minutes 30]`: the demo stack with every price of 8,000 symbols moving each five seconds, looked at
// every ten. Nothing may grow once it is warm: memory, connections, open files, the table of latest prices, lag.
import { setTimeout as delay } from 'node:timers/promises'
import { type BenchCase, type BenchReport, machine, median } from '../report.ts'
import { memoryOf } from '../sweep/bench-child.ts'
import { createSampler, type Sample } from './samples.ts'
import { openSoak } from './soak-stage.ts'
import { sparkline, trendOf } from './trend.ts'

const MINUTES = 30
const SYMBOLS = 8_000
const EVERY_S = 5
const SAMPLE_EVERY_S = 10
const RSS_MAX_MB = 300
/** Sweeps missed while the machine was busy with something else. */
const CADENCE_SHARE_MIN = 0.95

export interface SoakOptions {
  minutes?: number
  symbols?: number
  everyS?: number
  sampleEveryS?: number
}

/** A series that must not grow by more than this, of its median or in its own unit. */
interface Watched {
  series: keyof Sample
  words: string
  unit: string
  shareMax: number
  most: number
}

const WATCHED: readonly Watched[] = [
  { series: 'daemonRssMb', words: 'RSS of the daemon', unit: 'MB', shareMax: 0.05, most: 8 },
  { series: 'daemonHeapMb', words: 'heap of the daemon', unit: 'MB', shareMax: 0.1, most: 8 },
  { series: 'apiRssMb', words: 'RSS of the API', unit: 'MB', shareMax: 0.05, most: 8 },
  { series: 'apiHeapMb', words: 'heap of the API', unit: 'MB', shareMax: 0.1, most: 8 },
  { series: 'connections', words: 'connections to Postgres', unit: '', shareMax: 0, most: 2 },
  { series: 'daemonFiles', words: 'open files of the daemon', unit: '', shareMax: 0, most: 3 },
  { series: 'apiFiles', words: 'open files of the API', unit: '', shareMax: 0, most: 3 },
  { series: 'latestMb', words: 'size of market_data_latest', unit: 'MB', shareMax: 0.05, most: 0.5 },
  { series: 'latestDead', words: 'dead rows of market_data_latest', unit: '', shareMax: 0.25, most: SYMBOLS },
  { series: 'rollupBehind', words: 'batches that roll-ups are behind', unit: '', shareMax: 0, most: 1 },
  { series: 'apiLagMs', words: 'NOTIFY to a subscriber', unit: 'ms', shareMax: 0.25, most: 50 },
]

export async function run(o: SoakOptions = {}): Promise<BenchReport> {
  const { minutes = MINUTES, symbols = SYMBOLS, everyS = EVERY_S, sampleEveryS = SAMPLE_EVERY_S } = o
  await using stage = await openSoak({ symbols, everyS })
  const sample = createSampler(stage)
  const samples: Sample[] = []
  const startMs = performance.now()
  const endMs = startMs + minutes * 60_000
  // The first says what was there before, and how many sweeps there were until then.
  await sample()
  for (let next = startMs + sampleEveryS * 1000; next <= endMs; next += sampleEveryS * 1000) {
    await delay(Math.max(0, next - performance.now()))
    samples.push(await sample())
    tellProgress(samples, minutes, (performance.now() - startMs) / 60_000)
  }
  const tookS = (performance.now() - startMs) / 1000
  const cases = [
    ...WATCHED.map((watched) => growthCase(samples, watched)),
    cadenceCase(samples, { tookS, everyS }),
    peakCase('daemon', stage.daemon.pid),
    peakCase('api', stage.api.pid),
  ]
  return { name: 'soak', machine: machine(), cases }
}

const bare = { control: null, ratio: null, spread: null }

function growthCase(samples: readonly Sample[], w: Watched): BenchCase {
  const values = samples.map((s) => s[w.series])
  const { median: middle, growth } = trendOf(values)
  const most = Math.max(w.most, w.shareMax * middle)
  return {
    ...bare,
    case: `${w.words.padEnd(34)}${sparkline(values, 28)}`,
    value: middle,
    unit: w.unit,
    control: growth,
    aim: `grows by no more than ${Number(most.toPrecision(3))} (control column)`,
    // Samples that say nothing prove nothing.
    holds: values.some(Number.isFinite) && growth <= most,
  }
}

function cadenceCase(samples: readonly Sample[], o: { tookS: number; everyS: number }): BenchCase {
  const sweeps = samples.reduce((sum, s) => sum + s.sweeps, 0)
  const due = o.tookS / o.everyS
  return {
    ...bare,
    case: `${'sweeps done of those due'.padEnd(34)}${sparkline(
      samples.map((s) => s.sweeps),
      28,
    )}`,
    value: sweeps,
    unit: '',
    control: due,
    ratio: sweeps / due,
    aim: `>= ${CADENCE_SHARE_MIN}, ${median(samples.map((s) => s.sweepRows / Math.max(1, s.sweeps)))} rows each`,
    holds: sweeps / due >= CADENCE_SHARE_MIN,
  }
}

function peakCase(app: string, pid: number): BenchCase {
  const { peakMb } = memoryOf(pid)
  return {
    ...bare,
    case: `peak RSS of the ${app}`,
    value: peakMb,
    unit: 'MB',
    aim: `< ${RSS_MAX_MB} MB`,
    holds: peakMb < RSS_MAX_MB,
  }
}

function tellProgress(samples: readonly Sample[], minutes: number, passed: number): void {
  if (!process.stderr.isTTY && !process.env.BENCH_VERBOSE) return
  const last = samples.at(-1)!
  const told = Object.entries(last).map(([name, value]) => `${name} ${Math.round(value * 10) / 10}`)
  process.stderr.write(`${passed.toFixed(1)} of ${minutes} min: ${told.join(', ')}\n`)
}
