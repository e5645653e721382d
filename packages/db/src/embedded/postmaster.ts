// The running server as its own file tells: postmaster.pid in the data folder.
import { spawn } from 'node:child_process'
import { closeSync, openSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Home } from './home.ts'
import { commandOf, isRunning, processesIn, takesSignals } from './processes.ts'
import { readIfThere } from './state-dir.ts'

export interface Postmaster {
  pid: number
  port: number
  status: 'starting' | 'ready' | 'stopping'
}

const POLL_MS = 50
const ORPHANS_ASKED_AFTER_MS = 2_000
const ORPHANS_KILLED_AFTER_MS = 6_000

/** The live server of this data folder, or null. A pid that means another process today is nobody. */
export function findPostmaster(data: string): Postmaster | null {
  const lines = readIfThere(join(data, 'postmaster.pid'))?.split('\n') ?? []
  const pid = Number(lines[0])
  if (!Number.isInteger(pid) || pid <= 0 || !isRunning(pid) || !isServerOf(pid, data)) return null
  const status = (lines[7] ?? '').trim()
  return {
    pid,
    port: Number(lines[3]),
    status: status === 'ready' || status === 'stopping' ? status : 'starting',
  }
}

const isServerOf = (pid: number, data: string): boolean => commandOf(pid).includes(`-D ${data} `)

export function isServing(pid: number, data: string): boolean {
  return isRunning(pid) && isServerOf(pid, data)
}

/** Starts the server on its own feet: Ctrl-C in a terminal must not reach it before its clients are done. */
export function spawnPostmaster(home: Home, o: { logFile: string; settings: string[] }): Promise<number> {
  const log = openSync(o.logFile, 'a', 0o600)
  const child = spawn(join(home.native, 'bin', 'postgres'), ['-D', home.data, ...o.settings], {
    ...home.account,
    cwd: '/',
    detached: true,
    stdio: ['ignore', log, log],
    env: { LC_ALL: 'C', TZ: 'UTC' },
  })
  closeSync(log)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('spawn', () => resolve(child.pid as number))
    child.unref()
  })
}

/** Fast shutdown, then without a checkpoint: the log is replayed at the next start, so nothing is lost. */
export async function stopPostmaster(
  data: string,
  o: { fastMs: number; immediateMs: number },
): Promise<void> {
  const server = findPostmaster(data)
  if (!server) return
  const stages = [
    { signal: 'SIGINT', waitMs: o.fastMs },
    { signal: 'SIGQUIT', waitMs: o.immediateMs },
    { signal: 'SIGKILL', waitMs: o.immediateMs },
  ] as const
  for (const { signal, waitMs } of stages) {
    send(server.pid, signal)
    const until = Date.now() + waitMs
    while (Date.now() < until) {
      if (!isServing(server.pid, data)) return
      await delay(POLL_MS)
    }
  }
}

/**
 * After the server died: waits until its backends are gone (they would block the next start), and removes
 * the pid file where Postgres would take a zombie or a stranger with the same pid for a running server.
 */
export async function clearRemains(data: string): Promise<void> {
  const startedMs = Date.now()
  for (;;) {
    const orphans = processesIn(data).filter(isRunning)
    if (orphans.length === 0) break
    const waitedMs = Date.now() - startedMs
    if (waitedMs > ORPHANS_ASKED_AFTER_MS)
      for (const pid of orphans) send(pid, waitedMs > ORPHANS_KILLED_AFTER_MS ? 'SIGKILL' : 'SIGQUIT')
    await delay(POLL_MS)
  }
  const pidFile = join(data, 'postmaster.pid')
  const pid = Number(readIfThere(pidFile)?.split('\n')[0])
  if (pid > 0 && takesSignals(pid) && !isServing(pid, data)) rmSync(pidFile, { force: true })
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
