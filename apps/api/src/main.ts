// The API's process: settings, database, listening socket; and an orderly end when the launcher says so or is gone.
import { resolve } from 'node:path'
import {
  connect,
  DatabaseProblem,
  DEMO_USER,
  type KeyRing,
  KeyRingProblem,
  prepareDatabase,
} from '@onetape/db'
import { EmbeddedProblem, openEmbedded, openKeyRing, openSessionSecret } from '@onetape/db/embedded'
import { type Logger, pino } from 'pino'
import { openAuth } from './auth/open-auth.ts'
import { compose } from './compose.ts'
import { type Env, EnvProblem, readEnv } from './env.ts'
import { Origins } from './http/origins.ts'
import { wallClock } from './market-clock.ts'
import { buildServer } from './server.ts'

const REPOSITORY = resolve(import.meta.dirname, '../../..')
const END_WITHIN_MS = 5_000
const LISTEN_PROBLEMS: Record<string, (env: Env) => string> = {
  EADDRINUSE: (env) =>
    `Port ${env.ONETAPE_PORT} on ${env.ONETAPE_HOST} is taken by another program. Stop it, or set ONETAPE_PORT to a free port.`,
  EACCES: (env) =>
    `Port ${env.ONETAPE_PORT} needs more rights than this user has. Set ONETAPE_PORT above 1023.`,
  EADDRNOTAVAIL: (env) =>
    `${env.ONETAPE_HOST} is no address of this machine. Set ONETAPE_HOST to one, e.g. 127.0.0.1.`,
  ENOTFOUND: (env) =>
    `${env.ONETAPE_HOST} is no address of this machine. Set ONETAPE_HOST to one, e.g. 127.0.0.1.`,
}

interface Running {
  port: number
  /** What the first operator signs up with; null where there is one. */
  operatorCode: string | null
  stop(): Promise<void>
}

async function start(env: Env, log: Logger): Promise<Running> {
  await using stack = new AsyncDisposableStack()
  const url = env.DATABASE_URL ?? (await embeddedUrl(env, log, stack))
  const mode = env.ONETAPE_MODE
  await prepareDatabase({ url, mode, createIfMissing: env.DATABASE_URL === undefined })
  const db = connect({ url, applicationName: 'onetape-api', poolMax: 8, role: 'onetape_api' })
  stack.defer(() => db.end())
  const auth = stack.use(await openAuth({ db, mode, ...authSettings(env), wallClock, log }))
  const api = stack.use(compose({ db, url, mode, log, vendors: env.vendors, keys: keyRing(env) }))
  // A first look before the first visitor; when it fails the API is up all the same and says so.
  await api.catchUp().catch(() => {})
  if (mode === 'demo') {
    const seeded = api.seedDemo(DEMO_USER.id)
    await seeded.catch((error) => log.warn({ err: error }, 'the demo user has no sources of their own'))
  }
  const server = await buildServer({
    ...api,
    auth,
    host: env.ONETAPE_HOST,
    publicUrl: env.ONETAPE_PUBLIC_URL,
    webDist: webDist(env),
    log,
  })
  const listenTextResolver = (address: string) => `listening on ${address}`
  await server.listen({ host: env.ONETAPE_HOST, port: env.ONETAPE_PORT, listenTextResolver })
  const address = server.server.address()
  const held = stack.move()
  return {
    port: typeof address === 'object' && address ? address.port : env.ONETAPE_PORT,
    operatorCode: auth.operatorCode,
    async stop() {
      api.endStreams()
      const cut = setTimeout(() => server.server.closeAllConnections(), END_WITHIN_MS / 2)
      await server.close()
      clearTimeout(cut)
      await held.disposeAsync()
    },
  }
}

async function embeddedUrl(env: Env, log: Logger, stack: AsyncDisposableStack): Promise<string> {
  const embedded = stack.use(
    await openEmbedded({ stateDir: stateDir(env), onLog: (line) => log.debug(line) }),
  )
  return embedded.url(`onetape_${env.ONETAPE_MODE}`)
}

const stateDir = (env: Env): string => env.ONETAPE_STATE_DIR ?? resolve(REPOSITORY, '.data')

const keyRing = (env: Env): KeyRing =>
  openKeyRing({
    keys: env.ONETAPE_KEYS,
    file: env.ONETAPE_KEY_FILE ?? resolve(stateDir(env), 'keys.json'),
  })

const authSettings = (env: Env) => ({
  secret: env.ONETAPE_AUTH_SECRET ?? openSessionSecret(resolve(stateDir(env), 'auth-secret')),
  secure: new Origins(env.ONETAPE_HOST, env.ONETAPE_PUBLIC_URL).secure,
  signUp: env.ONETAPE_SIGN_UP,
})

/** On a terminal alone, never into a log: the launcher says it on its own, without one it is said here. */
function tellReady({ port, operatorCode }: Running): void {
  if (process.send) process.send({ type: 'ready', port, ...(operatorCode ? { operatorCode } : {}) })
  else if (operatorCode)
    process.stdout.write(`Nobody runs this OneTape yet: sign up with the one-time code ${operatorCode}\n`)
}

const webDist = (env: Env): string => resolve(env.ONETAPE_WEB_DIST ?? resolve(REPOSITORY, 'apps/web/dist'))

/** One clear line for what a person can mend; null for what only a developer can. */
function lineFor(error: unknown, env: Env | null): string | null {
  const known = [EnvProblem, DatabaseProblem, EmbeddedProblem, KeyRingProblem]
  if (error instanceof Error && known.some((kind) => error instanceof kind)) return error.message
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined
  const line = typeof code === 'string' && env ? LISTEN_PROBLEMS[code]?.(env) : undefined
  return line ?? null
}

async function main(): Promise<void> {
  let env: Env | null = null
  let log: Logger | null = null
  let running: Running | null = null
  let ending = false
  const end = async (why: string, exitCode = 0) => {
    if (ending) return
    ending = true
    log?.info(why)
    setTimeout(() => process.exit(exitCode), END_WITHIN_MS).unref()
    await running?.stop().catch((error) => log?.error({ err: error }, 'not ended cleanly'))
    process.exit(exitCode)
  }
  process.once('SIGTERM', () => void end('asked to stop'))
  process.once('SIGINT', () => void end('asked to stop'))
  process.once('disconnect', () => void end('the launcher is gone'))
  process.on('message', (message) => {
    if ((message as { type?: unknown } | null)?.type === 'shutdown') void end('asked to stop')
  })
  process.on('uncaughtException', (error) => {
    log?.fatal({ err: error }, 'unexpected error; the API ends')
    process.exit(1)
  })
  try {
    env = readEnv()
    log = pino({ name: 'api', level: env.ONETAPE_LOG_LEVEL, base: { name: 'api' } }, pino.destination(2))
    running = await start(env, log)
    tellReady(running)
  } catch (error) {
    const line = lineFor(error, env)
    if (line) process.stderr.write(`${line}\n`)
    else if (log) log.fatal({ err: error }, 'the API cannot start')
    else
      process.stderr.write(
        `The API cannot start: ${error instanceof Error ? error.message : String(error)}\n`,
      )
    process.exit(1)
  }
}

await main()
