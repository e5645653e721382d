// The API as the launcher starts it: a child with an IPC channel.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))

export interface ApiProcess {
  child: ChildProcess
  port: number
  /** What it said when it was ready. */
  ready: object
  stderr(): string
}

export interface Ended {
  code: number | null
  stderr: string
}

function launch(env: Record<string, string>): { child: ChildProcess; stderr: () => string } {
  const child = fork(MAIN, {
    env: { PATH: process.env.PATH, ONETAPE_LOG_LEVEL: 'info', ...env },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const said: string[] = []
  child.stderr?.on('data', (chunk: Buffer) => said.push(chunk.toString()))
  return { child, stderr: () => said.join('') }
}

export async function startApi(env: Record<string, string>): Promise<ApiProcess> {
  const { child, stderr } = launch(env)
  const ready = await new Promise<{ type: string; port: number }>((resolve, reject) => {
    child.on('message', (m: { type: string; port: number }) => m.type === 'ready' && resolve(m))
    child.on('exit', (code) => reject(new Error(`the API ended with ${code}: ${stderr()}`)))
  })
  return { child, port: ready.port, ready, stderr }
}

/** For starts that must not succeed. */
export async function runApi(env: Record<string, string>): Promise<Ended> {
  const { child, stderr } = launch(env)
  const [code] = await once(child, 'close')
  return { code, stderr: stderr() }
}

export async function endApi(api: ApiProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
  if (api.child.exitCode !== null || api.child.signalCode !== null) return api.child.exitCode
  const closed = once(api.child, 'close')
  api.child.kill(signal)
  const [code] = await closed
  return code
}
