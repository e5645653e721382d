// A whole OneTape as a user starts it: the launcher as a process, an own state folder, the printed address.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))
const node = join(root, 'node_modules', '.bin', 'node')

export interface OneTape {
  url: string
  stateDir: string
  launcher: ChildProcess
  output(): string
  /** Ends it with a signal and resolves when the launcher is gone. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

/** An ordinary environment: nothing of the caller's OneTape settings leaks into the one under test. */
const cleanEnv = (stateDir: string, extra: Record<string, string>): NodeJS.ProcessEnv => {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([key]) => !key.startsWith('ONETAPE_') && key !== 'DATABASE_URL'),
  )
  return { ...env, ONETAPE_STATE_DIR: stateDir, ...extra }
}

const statesDir = join(root, '.data', 'e2e')

/** A state folder that nobody has used: a server of an earlier run may still be closing in the old one. */
export function freshStateDir(name: string): string {
  mkdirSync(statesDir, { recursive: true })
  return mkdtempSync(join(statesDir, `${name}-`))
}

/** Where Postgres' files lie when its user cannot enter the state folder (root, in a closed home); else null. */
function homeOutside(stateDir: string): string | null {
  try {
    return readFileSync(join(stateDir, 'pg-home'), 'utf8').trim() || null
  } catch {
    return null
  }
}

/** Run once, before all tests and after them. */
export function removeStates(): void {
  if (!existsSync(statesDir)) return
  const states = readdirSync(statesDir).map((name) => join(statesDir, name))
  for (const dir of [...states.map(homeOutside), statesDir]) {
    if (dir) rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
  }
}

export async function startOneTape(options: {
  stateDir: string
  args?: string[]
  env?: Record<string, string>
  deadlineMs?: number
}): Promise<OneTape> {
  const launcher = spawn(node, ['scripts/start.ts', ...(options.args ?? [])], {
    cwd: root,
    env: cleanEnv(options.stateDir, options.env ?? {}),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  const exited = new Promise<number | null>((resolve) => launcher.once('exit', (code) => resolve(code)))
  const url = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`no address after ${options.deadlineMs ?? 120_000} ms:\n${text}`)),
      options.deadlineMs ?? 120_000,
    )
    const hear = (chunk: Buffer) => {
      text += chunk.toString()
      const address = /running at (http:\/\/\S+)/.exec(text)?.[1]
      if (!address) return
      clearTimeout(timer)
      resolve(address.replace(/\/$/, ''))
    }
    launcher.stdout.on('data', hear)
    launcher.stderr.on('data', hear)
    void exited.then((code) => {
      clearTimeout(timer)
      reject(new Error(`the launcher ended with ${code}:\n${text}`))
    })
  })
  return {
    url,
    stateDir: options.stateDir,
    launcher,
    output: () => text,
    stop: (signal = 'SIGTERM') => {
      launcher.kill(signal)
      return exited
    },
  }
}

/** Runs a command of ours to its end. */
export function runToEnd(
  args: string[],
  options: { stateDir: string; env?: Record<string, string>; cwd?: string },
): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(node, args, {
    cwd: options.cwd ?? root,
    env: cleanEnv(options.stateDir, options.env ?? {}),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  child.stderr.on('data', (chunk) => {
    err += chunk
  })
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })))
}

export interface Running {
  pid: number
  command: string
}

/** Live processes that belong to a state folder: by environment, arguments or working files (Linux only). */
export function processesOf(stateDir: string): Running[] {
  const outside = homeOutside(stateDir)
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
        if (command === '' || Number(pid) === process.pid) return []
        const env = readFileSync(`/proc/${pid}/environ`, 'utf8')
        const mine =
          env.includes(`ONETAPE_STATE_DIR=${stateDir}\0`) ||
          command.includes(stateDir) ||
          (outside !== null && command.includes(outside))
        return mine && readlinkSync(`/proc/${pid}/exe`) !== '' ? [{ pid: Number(pid), command }] : []
      } catch {
        return []
      }
    })
}

export const canSeeProcesses = existsSync('/proc/self/environ')
