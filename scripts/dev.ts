// `turbo dev`: what each app's dev task runs, so that the three make one demo which reloads on a change.
//   node scripts/dev.ts simulator|daemon|api
import { spawn } from 'node:child_process'
import { connect } from 'node:net'
import { constants } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
// @ts-expect-error plain JavaScript, shared with the bootstrap
import { whenAncestorsEnd } from './bootstrap/ancestors.mjs'
import { ownEnv } from './launcher/apps.ts'
import { serveVendors } from './launcher/dev-simulator.ts'
import { parseOptions } from './launcher/options.ts'
import { LaunchProblem } from './launcher/problem.ts'
import { vendorEnv } from './launcher/vendors.ts'

/** Fixed, so that every dev task knows them without asking another: API 4681 and Vite 5173 are in their own settings. */
const SIMULATOR_PORT = 4690
const POLL_MS = 200

const root = resolve(import.meta.dirname, '..')
const role = process.argv[2]

/** The daemon's first sweep shall find its vendors. */
async function vendorsListen(): Promise<void> {
  while (!(await accepts(SIMULATOR_PORT))) await delay(POLL_MS)
}

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })

function watch(script: string, env: Record<string, string>): void {
  const child = spawn(process.execPath, ['--watch', '--watch-preserve-output', join(root, script)], {
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
  const env = { ONETAPE_STATE_DIR: options.stateDir, ...(demo ? vendorEnv(SIMULATOR_PORT) : {}) }
  if (role === 'simulator') {
    if (demo) await serveVendors(root, { options, port: SIMULATOR_PORT })
    else console.log('live: the vendors are real')
  } else if (role === 'daemon') {
    if (demo) await vendorsListen()
    watch('apps/daemon/src/main.ts', env)
  } else if (role === 'api') watch('apps/api/src/main.ts', env)
  else throw new LaunchProblem('Usage: node scripts/dev.ts simulator|daemon|api', 2)
} catch (error) {
  if (!(error instanceof LaunchProblem)) throw error
  console.error(error.message)
  process.exitCode = error.exitCode
}
