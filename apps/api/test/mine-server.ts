// A whole API for tests of what users own: real Postgres under the API's role, real HTTP, simulated vendors. Who asks is
// said by a header; how people sign in is tested elsewhere.
import { randomBytes } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { type Db, envKeyRing, type KeyRing, mintInstruments, writeMarketShift } from '@onetape/db'
import { type TestDatabase, testDatabase } from '@onetape/db/testing'
import { DAY_US, microsFromIso } from '@onetape/market'
import { registry, simulatedSettings } from '@onetape/providers'
import { type Simulator, startSimulator } from '@onetape/simulator'
import { createTRPCClient, httpBatchLink, httpSubscriptionLink, splitLink } from '@trpc/client'
import { EventSource } from 'eventsource'
import { pino } from 'pino'
import { type Api, compose } from '../src/compose.ts'
import type { AppRouter } from '../src/router.ts'
import { buildServer } from '../src/server.ts'
import { demoAuth } from './demo-auth.ts'

export const AAPL = 'equity:US:AAPL'
export const MSFT = 'equity:US:MSFT'
export const BTC = 'crypto:BTC-USD'

const USER_HEADER = 'x-test-user'

export interface MineServer extends AsyncDisposable {
  database: TestDatabase
  db: Db
  simulator: Simulator
  api: Api
  port: number
  marketNow(): number
  /** A client of somebody who is signed in; made a user on the way. */
  user(id: string): Promise<Client>
  /** A second API process on the same database. */
  another(o?: { keys?: KeyRing }): Promise<{ api: Api; port: number; client(id: string): Client }>
}

export type Client = ReturnType<typeof clientOf>

const withUser =
  (port: number, id: string): typeof fetch =>
  (input, init) => {
    const headers = new Headers(init?.headers)
    headers.set(USER_HEADER, id)
    headers.set('origin', `http://127.0.0.1:${port}`)
    return fetch(input, { ...init, headers })
  }

const clientOf = (port: number, id: string) =>
  createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: (op) => op.type === 'subscription',
        true: httpSubscriptionLink({
          url: `http://127.0.0.1:${port}/trpc`,
          EventSource,
          eventSourceOptions: () => ({ fetch: withUser(port, id) as never }),
        }),
        false: httpBatchLink({ url: `http://127.0.0.1:${port}/trpc`, fetch: withUser(port, id) as never }),
      }),
    ],
  })

export const newKeyRing = (): KeyRing => envKeyRing(`test:${randomBytes(32).toString('base64')}`)

export async function mineServer(): Promise<MineServer> {
  await using stack = new AsyncDisposableStack()
  const database = await testDatabase()
  stack.defer(() => database.drop())
  const shiftUs = await shiftToWednesday(database)
  const simulator = await startSimulator({ shiftUs })
  stack.defer(() => simulator.close())
  await mintInstruments(database.db, [
    { ref: { assetClass: 'equity', symbol: 'AAPL' }, name: 'Apple Inc.' },
    { ref: { assetClass: 'equity', symbol: 'MSFT' }, name: 'Microsoft' },
    { ref: { assetClass: 'crypto', symbol: 'BTC-USD' }, name: 'Bitcoin' },
  ])
  const keys = newKeyRing()
  const db = database.as('onetape_api')
  const first = stack.use(await startApi({ database, db, simulator, keys }))
  const held = stack.move()
  return {
    ...{ database, db, simulator },
    api: first.api,
    port: first.port,
    marketNow: () => Date.now() * 1000 + shiftUs,
    async user(id) {
      await addUser(database, id)
      return clientOf(first.port, id)
    },
    async another(o = {}) {
      const api = held.use(await startApi({ database, db, simulator, keys: o.keys ?? keys }))
      return { ...api, client: (id) => clientOf(api.port, id) }
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}

async function startApi(o: { database: TestDatabase; db: Db; simulator: Simulator; keys: KeyRing }) {
  await using stack = new AsyncDisposableStack()
  const log = pino({ level: 'silent' })
  const vendors = simulatedSettings(registry.definitions, o.simulator.endpoints)
  const { database, db, keys } = o
  const api = stack.use(compose({ db, url: database.url, mode: 'demo', log, vendors, keys }))
  await api.catchUp()
  const server = await buildServer({ ...api, auth: headerAuth, host: '127.0.0.1', webDist: '/nowhere', log })
  await server.listen({ host: '127.0.0.1', port: 0 })
  stack.defer(async () => {
    api.endStreams()
    server.server.closeAllConnections()
    await server.close()
  })
  const held = stack.move()
  return {
    api,
    port: (server.server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}

const headerAuth: typeof demoAuth = {
  ...demoAuth,
  sessionOf({ headers }) {
    const id = headers[USER_HEADER]
    if (typeof id !== 'string') return { user: null, session: null, cookies: [] }
    const user = { id, name: id, email: `${id}@example.com`, role: 'member' as const }
    return { user, session: null, cookies: [] }
  },
}

async function addUser({ db }: TestDatabase, id: string): Promise<void> {
  await db.pool.query(
    `insert into users (id, name, email) values ($1, $1, $1 || '@example.com') on conflict do nothing`,
    [id],
  )
}

/** The next Wednesday afternoon in New York: shifts only grow. */
async function shiftToWednesday({ db }: TestDatabase): Promise<number> {
  const wallNow = Date.now() * 1000
  const wednesday = microsFromIso('2026-11-25T19:30:00Z')!
  const weeks = Math.ceil(Math.max(0, wallNow - wednesday) / (7 * DAY_US))
  const shiftUs = wednesday + weeks * 7 * DAY_US - wallNow
  await writeMarketShift(db, { shiftUs, from: wallNow, to: wallNow + shiftUs })
  return shiftUs
}

/** Asks the page of a vendor's sign-in as a browser does, and says where it ends. */
export async function follow(url: string, id: string): Promise<string> {
  const answer = await fetch(url, { redirect: 'manual', headers: { [USER_HEADER]: id } })
  return answer.headers.get('location') ?? ''
}
