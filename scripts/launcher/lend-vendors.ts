// Simulated vendors for one command: they end with it, for their channel closes.
import { join } from 'node:path'
import { freePort } from '@onetape/db/embedded'
import { ownEnv, simulatorSpec } from './apps.ts'
import { openDatabase } from './database.ts'
import { LogFile } from './log-file.ts'
import { logFolder, parseOptions } from './options.ts'
import { LaunchProblem } from './problem.ts'
import { Supervisor } from './supervisor.ts'
import { type Endpoints, endpointsOf, vendorEnv } from './vendors.ts'

/** Puts their addresses into this process' environment. */
export async function lendVendors(root: string, stateDir: string): Promise<void> {
  const options = parseOptions([], process.env, root)
  if (options === 'help') return
  let shiftUs = 0
  {
    await using database = await openDatabase({ ...options, mode: 'demo', stateDir }, () => {})
    shiftUs = await database.openMarket(Date.now() * 1_000)
  }
  const port = await freePort()
  let endpoints: Endpoints = {}
  const simulator = new Supervisor(simulatorSpec(root, { env: ownEnv, port, shiftUs: () => shiftUs }), {
    log: new LogFile(join(logFolder(stateDir), 'simulator.log')),
    say: (line) => console.error(line),
    onReady: (message) => {
      endpoints = endpointsOf(message)
    },
  })
  await simulator.start().catch((error: Error) => {
    throw new LaunchProblem(`The simulated vendors do not start: ${error.message}`)
  })
  Object.assign(process.env, vendorEnv(endpoints))
}
