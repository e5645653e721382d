// `turbo dev`: what each app's dev task runs, so that the three make one demo which reloads on a change.
//   node scripts/dev.ts simulator|daemon|api
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
// @ts-expect-error plain JavaScript, shared with the bootstrap
import { whenAncestorsEnd } from './bootstrap/ancestors.mjs'
import { ownEnv } from './launcher/apps.ts'
import { serveVendors } from './launcher/dev-simulator.ts'
import { nodeEnv, nodeFlags } from './launcher/node-flags.ts'
import { parseOptions } from './launcher/options.ts'
import { LaunchProblem } from './launcher/problem.ts'
import { announcedVendors } from './launcher/vendors.ts'

/** Fixed, so that every dev task knows them without asking another: API 4681 and Vite 5173 are in their own settings. */
const SIMULATOR_PORT = 4690
const POLL_MS = 200

const root = resolve(import.meta.dirname, '..')
const role = process.argv[2]

/** Where the vendors are, once the simulator's own task has said so: the first sweep shall find them. */
async function vendorsOf(stateDir: string): Promise<Record<string, string>> {
  for (;;) {
    const announced = announcedVendors(stateDir)
    if (announced) return announced
    await delay(POLL_MS)
  }
}

function watch(app: string, env: Record<string, string>): void {
  const flags = [...nodeFlags(app), '--watch', '--watch-preserve-output']
  const child = spawn(process.execPath, [...flags, join(root, 'apps', app, 'src', 'main.ts')], {
    stdio: 'inherit',
    env: { ...ownEnv(), ...env },
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      child.kill(signal)
    })
  child.once('exit', (code, signal) =>
    process.exit(code ?? 128 + (constants.signals[signal as NodeJS.Signals] ?? 0)),
  )
}

whenAncestorsEnd(() => process.kill(process.pid, 'SIGTERM'))
try {
  const options = parseOptions([], process.env, root)
  if (options === 'help') throw new LaunchProblem('Usage: node scripts/dev.ts simulator|daemon|api')
  const demo = options.mode === 'demo'
  const env = async () => ({
    ...nodeEnv(options.stateDir),
    ONETAPE_STATE_DIR: options.stateDir,
    ...(demo ? await vendorsOf(options.stateDir) : {}),
  })
  if (role === 'simulator') {
    if (demo) await serveVendors(root, { options, port: SIMULATOR_PORT })
    else console.log('live: the vendors are real')
  } else if (role === 'daemon') watch('daemon', await env())
  else if (role === 'api') watch('api', await env())
  else throw new LaunchProblem('Usage: node scripts/dev.ts simulator|daemon|api', 2)
} catch (error) {
  if (!(error instanceof LaunchProblem)) throw error
  console.error(error.message)
  process.exitCode = error.exitCode
}
