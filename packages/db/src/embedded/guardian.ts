// The process that owns Postgres. It is started by whoever needs the server first, outlives him, and ends two
// seconds after the last lease: a lease is an open socket, which the kernel closes however its owner died.
import { rmSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import type { Home } from './home.ts'
import { SUPERUSER } from './initialise.ts'
import { type LeaseServer, serveLeases } from './lease-server.ts'
import { type HeldLock, tryLock } from './lock.ts'
import { isServing, stopPostmaster } from './postmaster.ts'
import { EmbeddedProblem, LAST_WORDS, problemFromFileError } from './problem.ts'
import { boundLog, bringUp, type RunningServer } from './server.ts'
import type { ServerOptions } from './settings.ts'
import { type StateFiles, stateFiles, writeWhole } from './state-dir.ts'

/** Nobody came: whoever started us died at once. Should he only be slow, he starts another. */
const FIRST_LEASE_MS = 4_000
const LAST_LEASE_MS = 2_000
const LAST_LEASE_POLITE_MS = 500
const WATCH_MS = 250
const STOP_WAITS_MS = 4_000
const STOP = { fastMs: 4_000, immediateMs: 2_000 }
const BACK_OFF_MS = [0, 500, 1_000, 2_000, 5_000, 10_000]

class Guardian {
  readonly files: StateFiles
  readonly options: ServerOptions
  #leases: LeaseServer | null = null
  #home: Home | null = null
  #server: RunningServer | null = null
  #bringingUp: Promise<boolean> | null = null
  #stopping = false
  #idle: NodeJS.Timeout | undefined

  constructor(files: StateFiles, options: ServerOptions) {
    this.files = files
    this.options = options
  }

  async run(): Promise<void> {
    this.#leases = await serveLeases(
      (polite) => this.#stopAfter(polite ? LAST_LEASE_POLITE_MS : LAST_LEASE_MS),
      () => clearTimeout(this.#idle),
    )
    this.#stopAfter(FIRST_LEASE_MS)
    const { port, token } = this.#leases
    writeWhole(this.files.guardian, JSON.stringify({ pid: process.pid, port, token }))
    for (let failures = 0; !this.#stopping; ) {
      this.#bringingUp = this.#bringUp()
      failures = (await this.#bringingUp) ? 0 : failures + 1
      await this.#watch()
      await delay(BACK_OFF_MS[Math.min(failures, BACK_OFF_MS.length - 1)])
    }
  }

  async #bringUp(): Promise<boolean> {
    try {
      this.#leases?.announce({ at: 'starting' })
      const onHome = (home: Home): void => {
        this.#home = home
      }
      const server = await bringUp(this.files, { options: this.options, onHome })
      this.#server = server
      console.log(`PostgreSQL ${server.pid} is ready on port ${server.port}, its data in ${this.#home?.data}`)
      this.#leases?.announce({ at: 'ready', port: server.port, user: SUPERUSER, password: server.password })
      return true
    } catch (error) {
      console.error(error)
      const message = error instanceof EmbeddedProblem ? error.message : `PostgreSQL did not start: ${error}`
      this.#leases?.announce({ at: 'problem', message })
      return false
    }
  }

  /** Returns once the server is no more. */
  async #watch(): Promise<void> {
    for (let n = 0; this.#home && this.#server && !this.#stopping; n++) {
      if (!isServing(this.#server.pid, this.#home.data)) {
        console.error(`PostgreSQL ${this.#server.pid} has died; it is started again`)
        this.#server = null
      } else if (n % 40 === 0) await boundLog(this.files.serverLog)
      await delay(WATCH_MS)
    }
  }

  #stopAfter(ms: number): void {
    clearTimeout(this.#idle)
    this.#idle = setTimeout(() => void this.stop(), ms)
  }

  async stop(): Promise<void> {
    if (this.#stopping) return
    this.#stopping = true
    this.#leases?.close()
    rmSync(this.files.guardian, { force: true })
    // A server on its way up would be missed; an initdb is a matter of a second.
    await Promise.race([this.#bringingUp, delay(STOP_WAITS_MS)])
    if (this.#home) await stopPostmaster(this.#home.data, STOP)
    console.log('PostgreSQL is stopped')
    process.exit(0)
  }
}

/** For its life, or null when another guardian is there. Global: a lock that is collected is a lock released. */
let held: HeldLock | null = null

async function main(stateDir: string, flags: string[]): Promise<void> {
  const files = stateFiles(stateDir)
  held = tryLock(files.lock)
  if (!held) process.exit(0)
  await boundLog(files.guardianLog)
  const guardian = new Guardian(files, { fsync: !flags.includes('--no-fsync') })
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
    process.on(signal, () => void guardian.stop())
  await guardian.run()
}

const [stateDir = '', ...flags] = process.argv.slice(2)
try {
  await main(stateDir, flags)
} catch (error) {
  console.error(error)
  const problem = problemFromFileError(error, stateDir)
  console.error(`${LAST_WORDS}${problem instanceof Error ? problem.message : problem}`)
  process.exit(1)
}
