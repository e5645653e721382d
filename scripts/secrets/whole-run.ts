// A whole OneTape in processes of its own, for the search for secrets: simulated vendors, the daemon and the API, all as
// talkative as they can be. Whatever they say, answer and store is kept to be searched.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeMarketShift } from '@onetape/db'
import { type Said, type Secret, type TestDatabase, testDatabase } from '@onetape/db/testing'
import { registry } from '@onetape/providers'
import { growShift } from '../launcher/market-shift.ts'
import { endpointsOf, vendorEnv } from '../launcher/vendors.ts'

export interface WholeRun extends AsyncDisposable {
  database: TestDatabase
  keyFile: string
  /** Everything that was said and answered so far. */
  said: Said[]
  /** What the settings hold. */
  secrets: Secret[]
  /** A visitor of the API who keeps their cookies; whatever comes back is kept. */
  visitor(): Visitor
  simulator: ChildProcess
  onetape(...args: string[]): Promise<string>
  /** The processes end in good order; then all of their logs are there. */
  stop(): Promise<void>
}

export type Visitor = (
  path: string,
  o?: { body?: unknown; raw?: string; absolute?: string },
) => Promise<Answer>
export interface Answer {
  status: number
  location: string | null
  cookies: string[]
  text: string
  /** Of a tRPC answer. */
  data: unknown
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const SECRET_BYTES = 18

export const madeUp = (prefix = ''): string => prefix + randomBytes(SECRET_BYTES).toString('base64url')

export async function wholeRun(): Promise<WholeRun> {
  await using stack = new AsyncDisposableStack()
  const stateDir = mkdtempSync(join(tmpdir(), 'onetape-secrets-'))
  stack.defer(() => rmSync(stateDir, { recursive: true, force: true }))
  const database = await testDatabase()
  stack.defer(() => database.drop())
  const said: Said[] = []
  const processes: ChildProcess[] = []
  const start = async (name: string, env: Record<string, string>) => {
    const child = spawn(process.execPath, [join(ROOT, name, 'src/main.ts')], {
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    processes.push(child)
    stack.defer(() => void child.kill('SIGKILL'))
    for (const from of ['stdout', 'stderr'] as const) {
      const log = { where: `${from} of ${name}`, text: '' }
      said.push(log)
      child[from]!.on('data', (text) => {
        log.text += text
      })
    }
    return { child, ready: await readyOf(child, () => said.map(({ text }) => text.slice(-500)).join('\n')) }
  }
  const step = growShift(Date.now() * 1000, 0)
  if (step) await writeMarketShift(database.db, step)
  const simulator = await start('packages/simulator', {
    ...{ SIM_PORT: '0', SIM_TCP_PORT: '0', SIM_SHIFT_US: String(step?.shiftUs ?? 0) },
  })
  const house = houseSecrets(vendorEnv(endpointsOf(simulator.ready)))
  const env = {
    ...house.env,
    ...{ ONETAPE_MODE: 'demo', DATABASE_URL: database.url, ONETAPE_STATE_DIR: stateDir },
    ...{ ONETAPE_LOG_LEVEL: 'trace', ONETAPE_PORT: '0', ONETAPE_WEB_DIST: join(stateDir, 'none') },
    ONETAPE_AUTH_SECRET: madeUp(madeUp('auth-')),
  }
  const [api] = await Promise.all([start('apps/api', env), start('apps/daemon', env)])
  const origin = `http://127.0.0.1:${api.ready.port}`
  const held = stack.move()
  return {
    ...{ database, said, simulator: simulator.child, keyFile: join(stateDir, 'keys.json') },
    secrets: [
      ...house.secrets,
      { name: 'what signs cookies', value: env.ONETAPE_AUTH_SECRET },
      ...passwordOf(database.url),
    ],
    visitor: () => visitor(origin, said),
    onetape: (...args) => onetape({ args, env }, said),
    async stop() {
      const ends = processes.map((child) => once(child, 'close'))
      for (const child of processes.reverse()) child.send({ type: 'shutdown' })
      await Promise.all(ends)
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}

async function readyOf(child: ChildProcess, lastWords: () => string): Promise<Record<string, unknown>> {
  return await new Promise((resolve, reject) => {
    child.on('message', (m: Record<string, unknown>) => m.type === 'ready' && resolve(m))
    child.once('close', (code) => reject(new Error(`ended with ${code}: ${lastWords()}`)))
  })
}

/** The house's credentials are made up, one a setting, so that each would be known where it is found. */
function houseSecrets(env: Record<string, string>): { env: Record<string, string>; secrets: Secret[] } {
  const secrets: Secret[] = []
  const own = { ...env }
  for (const { settings } of registry.definitions)
    for (const { env: name, secret } of settings) {
      if (!secret || !own[name]) continue
      own[name] = madeUp(`house-${name.toLowerCase().replaceAll('_', '-')}-`)
      secrets.push({ name: `the house's ${name}`, value: own[name] })
    }
  return { env: own, secrets }
}

const passwordOf = (url: string): Secret[] => {
  const value = decodeURIComponent(new URL(url).password)
  return value.length >= 8 ? [{ name: "the database's password", value }] : []
}

function visitor(origin: string, said: Said[]): Visitor {
  const jar = new Map<string, string>()
  return async (path, { body, raw, absolute } = {}) => {
    const text = raw ?? (body === undefined ? undefined : JSON.stringify(body))
    const response = await fetch(absolute ?? origin + path, {
      method: text === undefined ? 'GET' : 'POST',
      redirect: 'manual',
      headers: {
        ...{ origin, cookie: [...jar].map((pair) => pair.join('=')).join('; ') },
        ...(text !== undefined && { 'content-type': 'application/json' }),
      },
      ...(text !== undefined && { body: text }),
    })
    const cookies = response.headers.getSetCookie()
    for (const cookie of cookies) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)!
      jar.set(name!, value!)
    }
    const answer = await response.text()
    // What a vendor's own page answers is not ours.
    if (!absolute)
      said.push({
        where: `answer to ${text === undefined ? 'GET' : 'POST'} ${path.split('?')[0]}`,
        text: `${JSON.stringify([...response.headers])}\n${answer}`,
      })
    return {
      ...{ status: response.status, location: response.headers.get('location'), cookies, text: answer },
      data: dataOf(answer),
    }
  }
}

function dataOf(text: string): unknown {
  try {
    return (JSON.parse(text) as { result?: { data?: unknown } }).result?.data
  } catch {
    return undefined
  }
}

function onetape(
  { args, env }: { args: string[]; env: Record<string, string> },
  said: Said[],
): Promise<string> {
  return new Promise((resolve) => {
    const script = join(ROOT, 'apps/daemon/src/cli.ts')
    execFile(
      process.execPath,
      [script, ...args],
      { env: { PATH: process.env.PATH, ...env } },
      (_, out, err) => {
        said.push({ where: `onetape ${args.join(' ')}`, text: out + err })
        resolve(out)
      },
    )
  })
}
