// The way in from npm, in plain JavaScript for the machine's own Node (20 or newer) and without a dependency:
// installs what is missing, then hands over to the project's Node and stays as its guard.
//   node scripts/bootstrap.mjs start|test|onetape|install [arguments]
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { whenAncestorsEnd } from './bootstrap/ancestors.mjs'
import { install, Unable } from './bootstrap/install.mjs'

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '')
const bin = join(root, 'node_modules', '.bin')
const preload = new URL('../apps/daemon/bin/end-with-parent.mjs', import.meta.url).href
const STOP_MS = 9_000

const TARGETS = {
  start: { script: 'scripts/start.ts', cwd: root },
  test: { script: 'scripts/test.ts', cwd: root },
  // Paths in its arguments are meant from where the person stands, and npm moves to the root.
  onetape: { script: 'scripts/onetape.ts', cwd: process.env.INIT_CWD ?? process.cwd() },
  install: null,
}

const [name = '', ...args] = process.argv.slice(2)
try {
  const target = TARGETS[name]
  if (target === undefined)
    throw new Unable(`Usage: node scripts/bootstrap.mjs ${Object.keys(TARGETS).join('|')} [arguments]`)
  checkMachine()
  await install(root)
  if (target) run(target)
} catch (error) {
  if (!(error instanceof Unable)) throw error
  console.error(error.message)
  process.exitCode = 1
}

function checkMachine() {
  if (Number(process.versions.node.split('.')[0]) < 20)
    throw new Unable(
      `OneTape needs Node 20 or newer to start, and this is ${process.version}: install a newer one.`,
    )
  const platform = `${process.platform}-${process.arch}`
  if (!['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'].includes(platform))
    throw new Unable(`OneTape runs on Linux and macOS (x64, arm64), not on ${platform}; on Windows use WSL.`)
}

/** A person's .env; what is set already comes first. Tests run without. */
function settings(target) {
  const file = join(root, '.env')
  return target !== 'test' && existsSync(file) ? [`--env-file=${file}`] : []
}

function run({ script, cwd }) {
  const child = spawn(
    join(bin, 'node'),
    [...settings(name), '--import', preload, join(root, script), ...args],
    {
      cwd,
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
      env: {
        ...process.env,
        PATH: bin + delimiter + (process.env.PATH ?? ''),
        TURBO_TELEMETRY_DISABLED: '1',
      },
    },
  )
  const stop = (signal) => {
    child.kill(signal)
    setTimeout(() => child.kill('SIGKILL'), STOP_MS).unref()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => {
      // Ctrl-C reaches everything in the terminal by itself; the launcher takes two for one.
      if (signal !== 'SIGINT' || name === 'start' || !process.stdin.isTTY) child.kill(signal)
    })
  // Only under npm: a `nohup node scripts/bootstrap.mjs start &` may outlive its shell.
  if (process.env.npm_execpath) whenAncestorsEnd(() => stop('SIGTERM'))
  child.on('error', (error) => {
    console.error(
      `OneTape's own Node cannot be run here (${error.message}): a Linux with glibc, or macOS, is needed.`,
    )
    process.exitCode = 1
  })
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)))
}
