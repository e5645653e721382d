// A client's hold on the embedded server: an open socket to the guardian. When the guardian dies the socket
// closes, and every client knocks again, starting a new guardian that adopts the server it left behind.
import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type FromGuardian, type GuardianAddress, onLines, readAddress, sendLine } from './lease-wire.ts'
import { EmbeddedProblem, LAST_WORDS, problemFromFileError } from './problem.ts'
import { readIfThere, type StateFiles } from './state-dir.ts'

export interface ServerAddress {
  port: number
  user: string
  password: string
}

export interface Lease {
  server(): ServerAddress
  close(): Promise<void>
}

export interface LeaseOptions {
  onLog: (line: string) => void
  fsync: boolean
}

const KNOCK_MS = 100
/** One guardian at most per so many milliseconds; those that find another at work leave at once. */
const SPAWN_EVERY_MS = 1_000
/** The guardian speaks every second while it starts the server, however long that takes. */
const SILENCE_MS = 15_000
const NO_GUARDIAN_MS = 30_000

export async function holdLease(files: StateFiles, options: LeaseOptions): Promise<Lease> {
  let closed = false
  let held = await acquire(files, options, () => closed)

  const keep = (): void => {
    held.socket.unref()
    held.socket.once('close', () => {
      if (!closed) void reopen()
    })
  }
  const reopen = async (): Promise<void> => {
    options.onLog('the guardian of the database is gone; another takes over')
    while (!closed) {
      try {
        const next = await acquire(files, options, () => closed)
        held = next
        if (closed) return void next.socket.destroy()
        return keep()
      } catch (error) {
        if (!closed) options.onLog((error as Error).message)
        await delay(SPAWN_EVERY_MS, undefined, { ref: false })
      }
    }
  }
  keep()
  return {
    server: () => held.server,
    async close() {
      if (closed) return
      closed = true
      sendLine(held.socket, { bye: true })
      if (held.socket.destroyed) return
      await new Promise<void>((resolve) => {
        held.socket.once('close', () => resolve())
        held.socket.ref().end()
        setTimeout(() => held.socket.destroy(), 1_000).unref()
      })
    },
  }
}

interface Held {
  socket: Socket
  server: ServerAddress
}

/** Knocks until a guardian answers with a ready server, starting one where none is. */
async function acquire(files: StateFiles, options: LeaseOptions, given: () => boolean): Promise<Held> {
  const until = Date.now() + NO_GUARDIAN_MS
  let spawnedAt = 0
  let failed: string | null = null
  const onFailed = (message: string): void => {
    failed = message
  }
  while (!given()) {
    const address = readAddress(files.guardian)
    const held = address ? await knock(address, options.onLog) : null
    if (held) return held
    if (failed) throw new EmbeddedProblem(failed)
    if (Date.now() > until)
      throw new EmbeddedProblem(`The guardian of the database does not answer; see ${files.guardianLog}.`)
    if (Date.now() - spawnedAt > SPAWN_EVERY_MS) {
      spawnedAt = Date.now()
      spawnGuardian(files, { fsync: options.fsync, onFailed })
    }
    await delay(KNOCK_MS)
  }
  throw new EmbeddedProblem('The database was closed while it was being opened.')
}

/** Null when no guardian is there (an address may be stale); throws when it says what is wrong. */
function knock(address: GuardianAddress, onLog: (line: string) => void): Promise<Held | null> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: address.port })
    let held: Held | null = null
    socket.setNoDelay()
    socket.setTimeout(SILENCE_MS, () => socket.destroy())
    socket.on('error', () => socket.destroy())
    socket.on('close', () => resolve(null))
    socket.once('connect', () => sendLine(socket, { token: address.token }))
    onLines(socket, (message) => {
      const news = message as FromGuardian
      if (news.at === 'ready') {
        socket.setTimeout(0)
        if (held) onLog('the database is back')
        held = Object.assign(held ?? { socket }, { server: news })
        resolve(held)
      } else if (held) {
        onLog(news.at === 'starting' ? 'the database has stopped; it is started again' : news.message)
      } else if (news.at === 'problem') {
        reject(new EmbeddedProblem(news.message))
        socket.destroy()
      }
    })
  })
}

function spawnGuardian(
  files: StateFiles,
  options: { fsync: boolean; onFailed: (message: string) => void },
): void {
  let log: number
  try {
    log = openSync(files.guardianLog, 'a', 0o600)
  } catch (error) {
    throw problemFromFileError(error, files.stateDir)
  }
  const script = fileURLToPath(new URL('./guardian.ts', import.meta.url))
  const flags = options.fsync ? [] : ['--no-fsync']
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', script, files.stateDir, ...flags],
    {
      cwd: '/',
      detached: true,
      stdio: ['ignore', log, log],
      // Nothing of ours: it outlives us, and the options of our Node are not meant for it.
      env: { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin' },
    },
  )
  closeSync(log)
  child.unref()
  child.on('error', (error) =>
    options.onFailed(`The guardian of the database could not be started: ${error.message}`),
  )
  child.on('exit', (code) => {
    if (code) options.onFailed(lastWords(files))
  })
}

function lastWords(files: StateFiles): string {
  const line = readIfThere(files.guardianLog)
    ?.split('\n')
    .findLast((text) => text.startsWith(LAST_WORDS))
  return (
    line?.slice(LAST_WORDS.length) ??
    `The guardian of the database could not be started; see ${files.guardianLog}.`
  )
}
