// The API's process: settings, database, listening socket; and an orderly end when the launcher says so or is gone.
import { resolve } from 'node:path'
import { connect, DatabaseProblem, prepareDatabase } from '@onetape/db'
import { EmbeddedProblem, openEmbedded } from '@onetape/db/embedded'
import { type Logger, pino } from 'pino'
import { compose } from './compose.ts'
import { type Env, EnvProblem, readEnv } from './env.ts'
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
  stop(): Promise<void>
}

async function start(env: Env, log: Logger): Promise<Running> {
  await using stack = new AsyncDisposableStack()
  const url = env.DATABASE_URL ?? (await embeddedUrl(env, log, stack))
  const mode = env.ONETAPE_MODE
  await prepareDatabase({ url, mode, createIfMissing: env.DATABASE_URL === undefined })
  const db = connect({ url, applicationName: 'onetape-api', poolMax: 8, role: 'onetape_api' })
  stack.defer(() => db.end())
  const api = stack.use(compose({ db, url, mode, log, vendors: env.vendors }))
  // A first look before the first visitor; when it fails the API is up all the same and says so.
  await api.catchUp().catch(() => {})
  const server = await buildServer({ ...api, host: env.ONETAPE_HOST, webDist: webDist(env), log })
  const listenTextResolver = (address: string) => `listening on ${address}`
  await server.listen({ host: env.ONETAPE_HOST, port: env.ONETAPE_PORT, listenTextResolver })
  const address = server.server.address()
  const held = stack.move()
  return {
    port: typeof address === 'object' && address ? address.port : env.ONETAPE_PORT,
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
  const stateDir = env.ONETAPE_STATE_DIR ?? resolve(REPOSITORY, '.data')
  const embedded = stack.use(await openEmbedded({ stateDir, onLog: (line) => log.debug(line) }))
  return embedded.url(`onetape_${env.ONETAPE_MODE}`)
}

const webDist = (env: Env): string => resolve(env.ONETAPE_WEB_DIST ?? resolve(REPOSITORY, 'apps/web/dist'))

/** One clear line for what a person can mend; null for what only a developer can. */
function lineFor(error: unknown, env: Env | null): string | null {
  if (error instanceof EnvProblem || error instanceof DatabaseProblem || error instanceof EmbeddedProblem) {
    return error.message
  }
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
    process.send?.({ type: 'ready', port: running.port })
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
