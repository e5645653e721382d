// A whole OneTape in demo mode as a user starts it, in a state folder of its own, and its processes to be killed.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const PATTERNS = {
  daemon: /apps\/daemon\/src\/main\.ts/,
  api: /apps\/api\/src\/main\.ts/,
  postgres: /bin\/postgres .*-D/,
} as const
export type Victim = keyof typeof PATTERNS
export const VICTIMS = Object.keys(PATTERNS) as Victim[]

export interface Stack extends AsyncDisposable {
  stateDir: string
  url: string
  health(): Promise<{ ok: boolean; tape: { quoted: number; batchId: number } } | null>
  /** SIGKILL. @returns how many processes died. */
  kill(victim: Victim): number
  /** Asks everything to stop, and waits until it has. */
  rest(): Promise<void>
}

export async function startStack(): Promise<Stack> {
  const stateDir = mkdtempSync(join(tmpdir(), 'onetape-torture-'))
  // Nobody looks at the dashboard: an empty one need not be built.
  const webDist = join(stateDir, 'no-dashboard')
  mkdirSync(webDist)
  writeFileSync(join(webDist, 'index.html'), '<!doctype html><title>none</title>')
  const port = await freePort()
  const launcher = spawn(process.execPath, ['scripts/start.ts', '--port', String(port)], {
    cwd: ROOT,
    env: {
      ...Object.fromEntries(
        Object.entries(process.env).filter(([key]) => !/^ONETAPE_|^DATABASE_URL$/.test(key)),
      ),
      ONETAPE_STATE_DIR: stateDir,
      ONETAPE_WEB_DIST: webDist,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [launcher.stdout, launcher.stderr])
    stream.on('data', (chunk) => {
      said = (said + chunk).slice(-20_000)
    })
  const url = `http://127.0.0.1:${port}`
  const health = async () => {
    try {
      const answer = await fetch(`${url}/api/health`, { signal: AbortSignal.timeout(5_000) })
      return (await answer.json()) as Awaited<ReturnType<Stack['health']>>
    } catch {
      return null
    }
  }
  const stack: Stack = {
    stateDir,
    url,
    health,
    kill(victim) {
      const pids = processesOf(stateDir).filter((p) => PATTERNS[victim].test(p.command))
      for (const { pid } of pids) process.kill(pid, 'SIGKILL')
      return pids.length
    },
    async rest() {
      await end(launcher)
      while (processesOf(stateDir).length > 0) await sleep(200)
    },
    async [Symbol.asyncDispose]() {
      await end(launcher)
      const outside = homeOutside(stateDir)
      await sleep(1_000)
      for (const folder of [outside, stateDir])
        if (folder) rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 500 })
    },
  }
  while (!(await health())?.ok) {
    if (launcher.exitCode !== null) throw new Error(`OneTape did not start:\n${said}`)
    await sleep(250)
  }
  return stack
}

async function end(launcher: ChildProcess): Promise<void> {
  if (launcher.exitCode !== null) return
  const gone = new Promise((resolve) => launcher.once('exit', resolve))
  launcher.kill('SIGTERM')
  await Promise.race([gone, sleep(15_000)])
  launcher.kill('SIGKILL')
}

/** Where Postgres' files lie when its user cannot enter the state folder. */
function homeOutside(stateDir: string): string | null {
  try {
    return readFileSync(join(stateDir, 'pg-home'), 'utf8').trim() || null
  } catch {
    return null
  }
}

/** By environment or arguments; Linux only. */
function processesOf(stateDir: string): { pid: number; command: string }[] {
  const outside = homeOutside(stateDir)
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
        const env = readFileSync(`/proc/${pid}/environ`, 'utf8')
        const isOurs =
          env.includes(`ONETAPE_STATE_DIR=${stateDir}\0`) ||
          command.includes(stateDir) ||
          (outside !== null && command.includes(outside))
        return isOurs && command !== '' ? [{ pid: Number(pid), command }] : []
      } catch {
        return []
      }
    })
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
