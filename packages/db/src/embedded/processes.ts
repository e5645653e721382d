// What the system knows about a process: Linux through /proc, elsewhere through ps.
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** Runs (a zombie does not: it only waits for its parent, perhaps for ever in a container). */
export function isRunning(pid: number): boolean {
  if (!takesSignals(pid)) return false
  const state = stateOf(pid)
  return state !== null && !state.startsWith('Z') && !state.startsWith('X')
}

/** In the process table, as a signal sees it; true for a zombie. */
export function takesSignals(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

export function commandOf(pid: number): string {
  if (process.platform === 'linux') return (readProc(pid, 'cmdline') ?? '').replaceAll('\0', ' ').trim()
  return ps(pid, 'command')
}

export function parentOf(pid: number): number | null {
  const text = process.platform === 'linux' ? (statFields(pid)?.[1] ?? '') : ps(pid, 'ppid')
  return text ? Number(text) : null
}

/** Processes whose working directory is `dir`: a Postgres and its backends sit in their data folder. */
export function processesIn(dir: string): number[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => workingDirectory(pid) === dir)
}

function workingDirectory(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return null
  }
}

function stateOf(pid: number): string | null {
  return process.platform === 'linux' ? (statFields(pid)?.[0] ?? null) : ps(pid, 'state') || null
}

/** Fields of /proc/PID/stat from the state on; the name before them may hold spaces and brackets. */
function statFields(pid: number): string[] | null {
  const stat = readProc(pid, 'stat')
  return stat ? stat.slice(stat.lastIndexOf(')') + 2).split(' ') : null
}

function readProc(pid: number, file: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return null
  }
}

function ps(pid: number, column: string): string {
  try {
    return execFileSync('ps', ['-o', `${column}=`, '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch {
    return ''
  }
}
