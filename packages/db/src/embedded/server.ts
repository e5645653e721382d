// The guardian's hold on Postgres: finds it or starts it, brings it back when it dies, stops it at the end.
//   down -> starting -> ready -> (died) -> starting ...      any -> stopping -> down
import { statSync, truncateSync } from 'node:fs'
import { copyFile, readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { dataState, findHome, type Home } from './home.ts'
import { initialise, passwordOf } from './initialise.ts'
import { freePort, isPortFree } from './port.ts'
import {
  clearRemains,
  findPostmaster,
  isServing,
  type Postmaster,
  spawnPostmaster,
  stopPostmaster,
} from './postmaster.ts'
import { problemFromServerLog } from './problem.ts'
import { type ServerOptions, serverSettings } from './settings.ts'
import { readIfThere, type StateFiles, writeWhole } from './state-dir.ts'

export interface RunningServer {
  pid: number
  port: number
  password: string
}

const POLL_MS = 25
/** How long a port may stay with another program before the server moves to a new one. */
const PORT_WAIT_MS = 5_000
const START_TRIES = 4
const LOG_BYTES_MAX = 8 * 1024 * 1024

export interface BringUp {
  options: ServerOptions
  /** Called as soon as it is known where the data lives, which is before a server runs on it. */
  onHome: (home: Home) => void
}

/** The server of this state dir: adopted when it runs, else started. */
export async function bringUp(files: StateFiles, o: BringUp): Promise<RunningServer> {
  const { options } = o
  const home = await findHome(files)
  o.onHome(home)
  if (dataState(home.data) === 'absent') await initialise(files, { home, options })
  const running = await adopt(home)
  if (running && readIfThere(home.password)) return running
  if (running) await stopPostmaster(home.data, { fastMs: 5_000, immediateMs: 5_000 })
  await clearRemains(home.data)
  const password = await passwordOf(home)
  return { ...(await start(files, { home, options })), password }
}

/** Waits for one that is on its way up or down: recovery after a crash may take minutes. */
async function adopt(home: Home): Promise<RunningServer | null> {
  for (;;) {
    const found = findPostmaster(home.data)
    if (!found) return null
    if (found.status === 'ready')
      return { pid: found.pid, port: found.port, password: readIfThere(home.password)?.trim() ?? '' }
    await delay(POLL_MS)
  }
}

async function start(files: StateFiles, o: { home: Home; options: ServerOptions }): Promise<Postmaster> {
  for (let attempt = 1; ; attempt++) {
    const port = await choosePort(files)
    await boundLog(files.serverLog)
    const logFrom = sizeOf(files.serverLog)
    const settings = serverSettings(port, o.options)
    const pid = await spawnPostmaster(o.home, { logFile: files.serverLog, settings })
    const ready = await waitReady(o.home.data, pid)
    if (ready) return ready
    const said = (await readFile(files.serverLog)).subarray(logFrom).toString('utf8')
    const passing =
      /could not bind|lock file "postmaster.pid" already exists|pre-existing shared memory/.test(said)
    if (!passing || attempt === START_TRIES) throw problemFromServerLog(said, files.serverLog)
    await clearRemains(o.home.data)
    await delay(attempt * 500)
  }
}

async function waitReady(data: string, pid: number): Promise<Postmaster | null> {
  while (isServing(pid, data)) {
    const found = findPostmaster(data)
    if (found?.pid === pid && found.status === 'ready') return found
    await delay(POLL_MS)
  }
  return null
}

/** The port of last time, so that every URL handed out stays true. */
async function choosePort(files: StateFiles): Promise<number> {
  const last = Number(readIfThere(files.port))
  if (last > 0) {
    const until = Date.now() + PORT_WAIT_MS
    do {
      if (await isPortFree(last)) return last
      await delay(POLL_MS * 4)
    } while (Date.now() < until)
    console.error(`Port ${last} is taken by another program; PostgreSQL moves to another port.`)
  }
  const port = await freePort()
  writeWhole(files.port, `${port}\n`)
  return port
}

const sizeOf = (path: string): number => {
  try {
    return statSync(path).size
  } catch {
    return 0
  }
}

/** Keeps one former log. Postgres appends to the file it has open, so it is emptied in place. */
export async function boundLog(path: string): Promise<void> {
  if (sizeOf(path) < LOG_BYTES_MAX) return
  await copyFile(path, `${path}.1`)
  truncateSync(path)
}
