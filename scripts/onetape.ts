// The command line, also while no `npm start` runs: a demo backfill gets vendors of its own for as long as it takes.
import { join, resolve } from 'node:path'
import { LaunchProblem } from './launcher/problem.ts'
import { namesVendors, vendorsRun } from './launcher/vendors.ts'

const root = resolve(import.meta.dirname, '..')
const args = process.argv.slice(2)
const stateDir = resolve(root, process.env.ONETAPE_STATE_DIR || '.data')

const asksVendors = args.find((arg) => !arg.startsWith('-')) === 'backfill' && !args.includes('--help')
const isDemo = !args.includes('--live') && process.env.ONETAPE_MODE !== 'live'

try {
  if (asksVendors && isDemo && !namesVendors() && !vendorsRun(stateDir))
    await (await import('./launcher/lend-vendors.ts')).lendVendors(root, stateDir)
  await import(join(root, 'apps/daemon/src/cli.ts'))
} catch (error) {
  if (!(error instanceof LaunchProblem)) throw error
  console.error(error.message)
  process.exit(error.exitCode)
}
