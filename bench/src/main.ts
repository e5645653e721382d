// Benchmarks by name: `pnpm bench NAME [--json] [--minutes N]`. Exit code 1 when an aim is missed.
import { parseArgs } from 'node:util'
import { type BenchOptions, type BenchReport, tableOf } from './report.ts'

/** Loaded only when asked for. Each takes of the options what it knows. */
const benches: Readonly<Record<string, () => Promise<{ run: (options: never) => Promise<BenchReport> }>>> = {
  browser: () => import('./browser/browser.bench.ts'),
  budget: () => import('./budget/budget.bench.ts'),
  'catch-up': () => import('./catch-up/catch-up.bench.ts'),
  chart: () => import('./chart/chart.bench.ts'),
  fanout: () => import('./fanout/fanout.bench.ts'),
  growth: () => import('./growth/growth.bench.ts'),
  ingest: () => import('./ingest/ingest.bench.ts'),
  latest: () => import('./latest/latest.bench.ts'),
  partitions: () => import('./partitions/partitions.bench.ts'),
  rollup: () => import('./rollup/rollup.bench.ts'),
  router: () => import('./router/router.bench.ts'),
  storage: () => import('./storage/storage.bench.ts'),
  soak: () => import('./soak/soak.bench.ts'),
  sweep: () => import('./sweep/sweep.bench.ts'),
  torture: () => import('./torture/torture.bench.ts'),
  universe: () => import('./universe/universe.bench.ts'),
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false }, minutes: { type: 'string' } },
  })
  const [name] = positionals
  const load = name === undefined ? undefined : benches[name]
  if (!load) throw new Error(`say which one: ${Object.keys(benches).join(', ')}`)
  const minutes = values.minutes === undefined ? undefined : Number(values.minutes)
  if (minutes !== undefined && !(minutes > 0)) throw new Error('--minutes takes a number above zero')
  const report = await (await load()).run({ minutes } satisfies BenchOptions as never)
  console.log(values.json ? JSON.stringify(report) : tableOf(report))
  if (!report.cases.every((c) => c.holds)) process.exitCode = 1
}

main().catch((error: Error) => {
  console.error(`bench: ${error.message}`)
  process.exitCode = 2
})
