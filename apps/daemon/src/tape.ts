// Opens the tape: the embedded server or DATABASE_URL, prepared for the mode asked for. Daemon and command line share it.
import { join } from 'node:path'
import { connect, type Db, type Mode, prepareDatabase, readEnvironment } from '@onetape/db'
import { openEmbedded } from '@onetape/db/embedded'
import type { Env } from './env.ts'

export interface Tape extends AsyncDisposable {
  db: Db
  /** With its password: for a listener's own connection, never for a log. */
  url: string
  mode: Mode
  environmentId: string
  /** The market clock's shift when the tape was opened. */
  shiftUs: number
}

export interface ConnectTapeOptions {
  /** How the connections are named in the server's own lists. */
  applicationName: string
  poolMax?: number
  /** What the embedded server says while it starts. */
  onLog?(line: string): void
}

const REPOSITORY = join(import.meta.dirname, '../../..')

/** @throws DatabaseProblem, one clear line, when there is no usable database of this mode. */
export async function connectTape(env: Env, o: ConnectTapeOptions): Promise<Tape> {
  const mode = env.ONETAPE_MODE
  const stateDir = env.ONETAPE_STATE_DIR ?? join(REPOSITORY, '.data')
  const embedded = env.DATABASE_URL ? null : await openEmbedded({ stateDir, onLog: o.onLog })
  const url = env.DATABASE_URL ?? embedded!.url(`onetape_${mode}`)
  let db: Db | null = null
  const close = async () => {
    await db?.end()
    await embedded?.close()
  }
  try {
    await prepareDatabase({ url, mode, createIfMissing: embedded !== null })
    db = connect({ url, applicationName: o.applicationName, poolMax: o.poolMax, role: 'onetape_daemon' })
    const { environmentId, shiftUs } = await readEnvironment(db)
    return { db, url, mode, environmentId, shiftUs, [Symbol.asyncDispose]: close }
  } catch (error) {
    await close().catch(() => {})
    throw error
  }
}
