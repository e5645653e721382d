// The simulated vendors of `turbo dev`, with the market moved into an open session as the launcher does.
import { join } from 'node:path'
import { ownEnv, simulatorSpec } from './apps.ts'
import { openDatabase } from './database.ts'
import { LogFile } from './log-file.ts'
import { logFolder, type Options } from './options.ts'
import { Supervisor } from './supervisor.ts'
import { announceVendors, type Endpoints, endpointsOf } from './vendors.ts'

/** Serves until a signal comes. */
export async function serveVendors(root: string, o: { options: Options; port: number }): Promise<void> {
  const { options, port } = o
  const say = (line: string): void => console.log(line)
  await using database = await openDatabase(options, say)
  let shiftUs = await database.openMarket(Date.now() * 1_000)
  let endpoints: Endpoints = {}
  const spec = simulatorSpec(root, { env: ownEnv, port, shiftUs: () => shiftUs, endpoints: () => endpoints })
  const simulator = new Supervisor(spec, {
    log: new LogFile(join(logFolder(options.stateDir), 'simulator-dev.log')),
    say,
    onReady: (message) => {
      endpoints = endpointsOf(message)
    },
  })
  const asked = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve())
  })
  await simulator.start()
  using _card = announceVendors(options.stateDir, endpoints)
  database.followShift((given) => {
    shiftUs = given
    simulator.send({ type: 'clock', shiftUs })
  })
  say(`simulated vendors on http://127.0.0.1:${port}; market time ${marketTime(shiftUs)}`)
  await asked
  await simulator.stop({ kindMs: 800, termMs: 200 })
}

const marketTime = (shiftUs: number): string => new Date(Date.now() + shiftUs / 1_000).toISOString()
