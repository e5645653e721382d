// A stage for catch-up: simulated vendors and a daemon, each a process of its own as in production, on a server of its
// own, and an hour of market time that passes while nobody looks.
import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { type Db, readSync, readTiers, setTier, writeMarketShift } from '@onetape/db'
import { HOUR_US, isoFromMicros, type Micros, nextSession } from '@onetape/market'
import { registry, simulatedSettings } from '@onetape/providers'
import { type BenchServer, benchServer } from '../bench-server.ts'

const DAEMON = fileURLToPath(import.meta.resolve('@onetape/daemon/src/main.ts'))
const SIMULATOR = fileURLToPath(new URL('../../../packages/simulator/src/main.ts', import.meta.url))
const VENDORS = ['polygon', 'coinbase', 'oanda']

export interface Stage extends AsyncDisposable {
  db: Db
  marketNow(): Micros
  startDaemon(): Promise<void>
  /** Kill -9. */
  killDaemon(): Promise<void>
  /** An outage of so long: market time goes on, and nothing says that it was jumped over. */
  pass(us: number): Promise<void>
  /** Only this tier is swept, so often. */
  onlyTier(name: string, frequencyS: number): Promise<void>
  until(what: string, check: () => Promise<boolean>, timeoutMs: number): Promise<void>
  historyFilled(): Promise<boolean>
}

export async function openStage(): Promise<Stage> {
  const server: BenchServer = await benchServer()
  const { url, db } = await server.database('catchup')
  const from = Date.now() * 1000
  // Well into a session: an hour of it passes, and some are left whatever the bench takes.
  const to = nextSession('XNYS', from).open + HOUR_US
  let shiftUs = to - from
  await writeMarketShift(db, { shiftUs, from, to })
  const simulator = fork(SIMULATOR, [], {
    env: { PATH: process.env.PATH ?? '', SIM_PORT: '0', SIM_TCP_PORT: '0', SIM_SHIFT_US: String(shiftUs) },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const [ready] = await once(simulator, 'message')
  const definitions = registry.definitions.filter((d) => VENDORS.includes(d.name))
  const env = {
    PATH: process.env.PATH ?? '',
    ONETAPE_LOG_LEVEL: process.env.BENCH_LOG_LEVEL ?? 'error',
    ONETAPE_STREAMS: 'off',
    DATABASE_URL: url,
    ...simulatedSettings(definitions, ready.endpoints),
  }
  let daemon: ChildProcess | null = null
  const killDaemon = async () => {
    if (daemon === null || daemon.exitCode !== null || daemon.signalCode !== null) return
    daemon.kill('SIGKILL')
    await once(daemon, 'exit')
  }
  return {
    db,
    marketNow: () => Date.now() * 1000 + shiftUs,
    killDaemon,
    async startDaemon() {
      daemon = spawn(process.execPath, [DAEMON], { env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
      const ended = once(daemon, 'exit').then(([code]) => {
        if (code !== null) throw new Error(`the daemon ended with ${code}`)
      })
      await Promise.race([once(daemon, 'message'), ended])
      ended.catch(() => {})
    },
    async pass(us) {
      const at = isoFromMicros(Date.now() * 1000 + shiftUs)
      shiftUs += us
      await db.pool.query('insert into market_clock_shifts (shift_us, from_ts, to_ts) values ($1, $2, $2)', [
        shiftUs,
        at,
      ])
      simulator.send({ type: 'clock', shiftUs })
    },
    async onlyTier(name, frequencyS) {
      for (const tier of await readTiers(db)) await setTier(db, tier.name, { enabled: tier.name === name })
      await setTier(db, name, { frequencyS })
    },
    async until(what, check, timeoutMs) {
      const deadline = performance.now() + timeoutMs
      while (!(await check())) {
        if (performance.now() > deadline) throw new Error(`the catch-up bench waited in vain for ${what}`)
        await new Promise((resolve) => setTimeout(resolve, 250))
      }
    },
    async historyFilled() {
      const row = (await readSync(db)).find(({ scope }) => scope === 'history:core')
      return ((row?.detail ?? {}) as { assetClasses?: string[] }).assetClasses?.length === 4
    },
    async [Symbol.asyncDispose]() {
      await killDaemon()
      simulator.kill('SIGKILL')
      await server[Symbol.asyncDispose]()
    },
  }
}
