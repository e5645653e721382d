// Everything that an API process puts together, behind real accounts: real Postgres under the API's role, real HTTP, and
// simulated vendors.
import type { AddressInfo } from 'node:net'
import { mintInstruments } from '@onetape/db'
import { type TestDatabase, testDatabase } from '@onetape/db/testing'
import { registry, simulatedSettings } from '@onetape/providers'
import { startSimulator } from '@onetape/simulator'
import { pino } from 'pino'
import { type Auth, openAuth } from '../src/auth/open-auth.ts'
import { compose } from '../src/compose.ts'
import { wallClock } from '../src/market-clock.ts'
import { buildServer } from '../src/server.ts'
import { newKeyRing } from './mine-server.ts'

export interface WholeServer extends AsyncDisposable {
  base: string
  auth: Auth
  database: TestDatabase
  /** Every address that it answers at, as Fastify prints them. */
  routes: string
}

export async function wholeServer(): Promise<WholeServer> {
  await using stack = new AsyncDisposableStack()
  const database = await testDatabase()
  stack.defer(() => database.drop())
  const simulator = await startSimulator({})
  stack.defer(() => simulator.close())
  await mintInstruments(database.db, [{ ref: { assetClass: 'equity', symbol: 'AAPL' }, name: 'Apple Inc.' }])
  const log = pino({ level: 'silent' })
  const db = database.as('onetape_api')
  const vendors = simulatedSettings(registry.definitions, simulator.endpoints)
  // The prices are simulated; that one has to sign in is as it is live.
  const auth = stack.use(
    await openAuth({
      ...{ db, wallClock, log, mode: 'live', signUp: 'open', secure: false },
      secret: 'a secret of the tests, long enough to sign with',
    }),
  )
  const api = stack.use(compose({ db, url: database.url, mode: 'demo', log, vendors, keys: newKeyRing() }))
  await api.catchUp()
  const server = await buildServer({ ...api, auth, host: '127.0.0.1', webDist: '/nowhere', log })
  await server.listen({ host: '127.0.0.1', port: 0 })
  stack.defer(async () => {
    api.endStreams()
    server.server.closeAllConnections()
    await server.close()
  })
  const held = stack.move()
  return {
    ...{ auth, database },
    base: `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    routes: server.printRoutes({ commonPrefix: false }),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}
