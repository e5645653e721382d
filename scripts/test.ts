// Every check there is, in order of cost; the last line sums what every runner counted.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { playwrightTally, sum, type Tally, vitestTally } from './test/tally.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const bin = join(root, 'node_modules', '.bin')
const reports = mkdtempSync(join(tmpdir(), 'onetape-test-'))

function run(command: string, args: string[], cwd = root): Promise<number> {
  const env = {
    ...process.env,
    PATH: bin + delimiter + process.env.PATH,
    TURBO_TELEMETRY_DISABLED: '1',
    FORCE_COLOR: '0',
  }
  return new Promise((resolve) => {
    const child = spawn(join(bin, command), args, { cwd, env, stdio: ['ignore', 'inherit', 'inherit'] })
    const pass = (signal: NodeJS.Signals) => child.kill(signal)
    process.on('SIGINT', pass).on('SIGTERM', pass)
    child.on('error', (error) => {
      console.error(`cannot run ${command}: ${error.message}`)
      resolve(127)
    })
    child.on('exit', (code) => {
      process.off('SIGINT', pass).off('SIGTERM', pass)
      resolve(code ?? 1)
    })
  })
}

const report = (name: string): unknown => {
  try {
    return JSON.parse(readFileSync(join(reports, name), 'utf8'))
  } catch {
    return null
  }
}

const single = (code: number): Tally => ({
  passed: code === 0 ? 1 : 0,
  failed: code === 0 ? 0 : 1,
  skipped: 0,
})

/** A runner that exits badly without a failed test of its own (a crash, no report) still counts as one failure. */
const honest = (tally: Tally, code: number): Tally =>
  code !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally

const stages: { name: string; run: () => Promise<Tally> }[] = [
  {
    name: 'types',
    run: async () =>
      single(await run('turbo', ['run', 'typecheck', '--continue', '--output-logs=errors-only'])),
  },
  { name: 'types of scripts', run: async () => single(await run('tsc', ['-p', '.'])) },
  { name: 'lint', run: async () => single(await run('biome', ['check', '.'])) },
  {
    name: 'dashboard build',
    run: async () => single(await run('turbo', ['run', 'build', '--output-logs=errors-only'])),
  },
  {
    name: 'unit, house rules, Postgres',
    run: async () => {
      const file = join(reports, 'vitest.json')
      const code = await run('vitest', [
        'run',
        '--reporter=dot',
        '--reporter=json',
        `--outputFile.json=${file}`,
      ])
      return honest(vitestTally(report('vitest.json')), code)
    },
  },
  {
    name: 'end to end',
    run: async () => {
      process.env.PLAYWRIGHT_JSON_OUTPUT_NAME = join(reports, 'playwright.json')
      const e2e = join(root, 'e2e')
      const code = await run('../../e2e/node_modules/.bin/playwright', ['test', '--reporter=list,json'], e2e)
      return honest(playwrightTally(report('playwright.json')), code)
    },
  },
]

const only = process.argv.slice(2)
const unknown = only.filter((word) => !stages.some((s) => s.name.startsWith(word)))
if (unknown.length > 0) {
  console.error(
    `No stage is called ${unknown.join(', ')}. There are: ${stages.map((s) => s.name).join(' · ')}`,
  )
  process.exit(2)
}

const tallies: Tally[] = []
for (const stage of stages.filter((s) => only.length === 0 || only.some((word) => s.name.startsWith(word)))) {
  const started = performance.now()
  console.log(`\n== ${stage.name}`)
  const tally = await stage.run()
  tallies.push(tally)
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(
    `== ${stage.name}: ${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped (${seconds} s)`,
  )
}
rmSync(reports, { recursive: true, force: true })

const total = sum(tallies)
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : ''
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1
console.log(`\n${total.passed} passed, ${total.failed} failed${skipped}`)
