// Benchmarks by name: `pnpm bench NAME [--json]`. Exit code 1 when an aim is missed.
import { parseArgs } from 'node:util'
import { type BenchReport, tableOf } from './report.ts'

/** Loaded only when asked for. */
const benches: Readonly<Record<string, () => Promise<{ run(): Promise<BenchReport> }>>> = {
  budget: () => import('./budget/budget.bench.ts'),
  router: () => import('./router/router.bench.ts'),
  sweep: () => import('./sweep/sweep.bench.ts'),
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false } },
  })
  const [name] = positionals
  const load = name === undefined ? undefined : benches[name]
  if (!load) throw new Error(`say which one: ${Object.keys(benches).join(', ')}`)
  const report = await (await load()).run()
  console.log(values.json ? JSON.stringify(report) : tableOf(report))
  if (!report.cases.every((c) => c.holds)) process.exitCode = 1
}

main().catch((error: Error) => {
  console.error(`bench: ${error.message}`)
  process.exitCode = 2
})
