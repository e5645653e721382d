// The daemon's process: settings in, ready out, and an orderly end whoever asks for it: the launcher over IPC or by
// going away, or a signal. A problem that a person can solve is one line and exit code 1.
import { DatabaseProblem } from '@onetape/db'
import { EmbeddedProblem } from '@onetape/db/embedded'
import { lineOf } from './complaints.ts'
import { composeDaemon } from './compose.ts'
import { start } from './daemon.ts'
import { EnvProblem, readEnv } from './env.ts'
import { createLog } from './log.ts'

const KILL_AFTER_MS = 6_000

async function main(): Promise<void> {
  const env = readEnv()
  const log = createLog('daemon', env)
  const tell = (message: object) => process.send?.(message, undefined, undefined, () => {})
  const stopped = stopRequested()
  const deps = await composeDaemon(env, log)
  const onClockMoved = (shiftUs: number) => tell({ type: 'clock', shiftUs })
  const daemon = await start({ ...deps, onClockMoved })
  log.info({ mode: deps.tape.mode }, 'the daemon is up')
  tell({ type: 'ready', pid: process.pid })
  const reason = await stopped
  log.info(`the daemon stops: ${reason}`)
  await daemon[Symbol.asyncDispose]()
  await deps.tape[Symbol.asyncDispose]()
  process.exit(0)
}

/** Whoever asks first. From then on the process ends in bounded time, whatever hangs. */
async function stopRequested(): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  process.on('SIGTERM', () => resolve('SIGTERM'))
  process.on('SIGINT', () => resolve('SIGINT'))
  process.on('disconnect', () => resolve('the launcher is gone'))
  process.on('message', (m) => (m as { type?: unknown } | null)?.type === 'shutdown' && resolve('asked to'))
  const reason = await promise
  setTimeout(() => process.exit(1), KILL_AFTER_MS).unref()
  return reason
}

function fail(error: unknown): never {
  const known =
    error instanceof DatabaseProblem || error instanceof EmbeddedProblem || error instanceof EnvProblem
  process.stderr.write(`onetape daemon: ${known ? error.message : `unexpected: ${lineOf(error)}`}\n`)
  process.exit(1)
}

process.on('uncaughtException', fail)
process.on('unhandledRejection', fail)
main().catch(fail)
