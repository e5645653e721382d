// A stage for the universe: a database of its own, the simulated vendors in an open session, and daemons in processes.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Db, readMembers, readTiers, setTier, writeMarketShift } from '@onetape/db'
import { HOUR_US, type Micros, nextSession } from '@onetape/market'
import { registry, simulatedSettings } from '@onetape/providers'
import { type Simulator, startSimulator } from '@onetape/simulator'
import { type BenchServer, benchServer } from '../bench-server.ts'

const MAIN = fileURLToPath(import.meta.resolve('@onetape/daemon/src/main.ts'))
const VENDORS = ['polygon', 'coinbase']

export interface Stage extends AsyncDisposable {
  db: Db
  simulator: Simulator
  marketNow(): Micros
  /** Resolves once it says that it is ready. */
  startDaemon(): Promise<ChildProcess>
  /** Every symbol in one tier that is swept every so many seconds. */
  everybodyEvery(frequencyS: number): Promise<void>
  /** Waits for a condition of the tape. */
  until(check: () => Promise<boolean>, timeoutMs?: number): Promise<void>
  /** Snapshots of shares that Polygon was asked for. */
  asked(): number
}

export async function openStage(): Promise<Stage> {
  const server: BenchServer = await benchServer()
  const { url, db } = await server.database('universe')
  const from = Date.now() * 1000
  // An hour into a session, so that some minutes of it are left whatever the bench takes.
  const to = nextSession('XNYS', from).open + HOUR_US
  const shiftUs = to - from
  await writeMarketShift(db, { shiftUs, from, to })
  const simulator = await startSimulator({ shiftUs, warm: true })
  const children: ChildProcess[] = []
  const env = {
    PATH: process.env.PATH ?? '',
    ONETAPE_LOG_LEVEL: 'error',
    ONETAPE_STREAMS: 'off',
    DATABASE_URL: url,
    ...simulatedSettings(
      registry.definitions.filter((d) => VENDORS.includes(d.name)),
      simulator.endpoints,
    ),
  }
  const until = async (check: () => Promise<boolean>, timeoutMs = 120_000) => {
    const deadline = performance.now() + timeoutMs
    while (!(await check())) {
      if (performance.now() > deadline) throw new Error('the universe bench waited in vain')
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
  return {
    db,
    simulator,
    until,
    marketNow: () => Date.now() * 1000 + shiftUs,
    async startDaemon() {
      const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
      children.push(child)
      await once(child, 'message')
      return child
    },
    async everybodyEvery(frequencyS) {
      await until(async () => (await readMembers(db)).length >= 8_000)
      for (const { name } of await readTiers(db)) {
        if (name !== 'full_universe') await setTier(db, name, { enabled: false })
      }
      await setTier(db, 'full_universe', { frequencyS })
    },
    asked: () =>
      simulator
        .requestsAfter(0)
        .filter((r) => r.vendor === 'polygon' && r.path.startsWith('/v2/snapshot/locale/us/markets/stocks'))
        .length,
    async [Symbol.asyncDispose]() {
      for (const child of children) child.kill('SIGKILL')
      await simulator.close()
      await server[Symbol.asyncDispose]()
    },
  }
}

/** Resident memory of a process, MB. */
export function rssOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024)
}
