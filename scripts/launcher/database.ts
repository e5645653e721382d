// The database, ready for this mode, and the market's shift as it is kept there.
import {
  CLOCK_CHANNEL,
  connect,
  DatabaseProblem,
  type Db,
  listen,
  prepareDatabase,
  readEnvironment,
  readServerVersion,
  writeMarketShift,
} from '@onetape/db'
import { EmbeddedProblem, openEmbedded } from '@onetape/db/embedded'
import { growShift } from './market-shift.ts'
import type { Options } from './options.ts'
import { LaunchProblem } from './problem.ts'

export interface LaunchDatabase extends AsyncDisposable {
  /** For people, e.g. `PostgreSQL 18.4, embedded, port 25120`. */
  description: string
  /** Demo: moves the market into an open session; gives the shift. */
  openMarket(wallNow: number): Promise<number>
  /** Calls back with each new shift, also with one that was missed while the server was away. */
  followShift(onShift: (shiftUs: number) => void): void
}

export async function openDatabase(options: Options, onLog: (line: string) => void): Promise<LaunchDatabase> {
  const { mode, stateDir, databaseUrl } = options
  await using stack = new AsyncDisposableStack()
  try {
    const embedded = databaseUrl ? null : stack.use(await openEmbedded({ stateDir, onLog }))
    const url = databaseUrl ?? embedded!.url(`onetape_${mode}`)
    await prepareDatabase({ url, mode, createIfMissing: true })
    const db = connect({ url, applicationName: 'onetape launcher', poolMax: 1 })
    stack.defer(() => db.end())
    const version = (await readServerVersion(db)).split(' ')[0]
    const held = stack.move()
    return {
      description: embedded
        ? `PostgreSQL ${version}, embedded, port ${embedded.port}`
        : `PostgreSQL ${version}`,
      openMarket: (wallNow) => openMarket(db, wallNow),
      followShift: (onShift) => {
        held.use(follow({ db, url, onShift }))
      },
      [Symbol.asyncDispose]: () => held.disposeAsync(),
    }
  } catch (error) {
    if (error instanceof DatabaseProblem || error instanceof EmbeddedProblem)
      throw new LaunchProblem(error.message)
    throw error
  }
}

async function openMarket(db: Db, wallNow: number): Promise<number> {
  const { shiftUs } = await readEnvironment(db)
  const step = growShift(wallNow, shiftUs)
  if (step) await writeMarketShift(db, step)
  return (await readEnvironment(db)).shiftUs
}

function follow(o: { db: Db; url: string; onShift: (shiftUs: number) => void }): AsyncDisposable {
  const read = (): void => {
    readEnvironment(o.db).then(
      ({ shiftUs }) => o.onShift(shiftUs),
      () => {}, // the next connection reads it
    )
  }
  return listen({
    url: o.url,
    channels: [CLOCK_CHANNEL],
    applicationName: 'onetape launcher',
    onMessage: read,
    onReconnect: read,
  })
}
