// `npm start`: reads what was asked for, launches, and ends in good order on a signal.
import { fileURLToPath } from 'node:url'
import { EmbeddedProblem } from '@onetape/db/embedded'
import { Launcher } from './launcher/launcher.ts'
import { HELP, type Options, parseOptions } from './launcher/options.ts'
import { LaunchProblem } from './launcher/problem.ts'

/** One Ctrl-C may arrive several times: from the terminal, from npm and from the bootstrap. */
const SAME_SIGNAL_MS = 1_000
const STOP_WITHIN_MS = 7_000

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '')
const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}
// A reader that went away (`npm start | head`) is no reason to die in the middle.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

function fail(error: unknown): number {
  if (error instanceof LaunchProblem || error instanceof EmbeddedProblem) {
    console.error(error.message)
    return error instanceof LaunchProblem ? error.exitCode : 1
  }
  const { message, code } = error as NodeJS.ErrnoException
  const place = code === 'EACCES' || code === 'EROFS' || code === 'ENOSPC' || code === 'EPERM'
  console.error(
    place
      ? `OneTape cannot write its files (${message}): make the folder writable, or set ONETAPE_STATE_DIR to one that is.`
      : `OneTape cannot start: ${message}`,
  )
  return 1
}

async function launch(options: Options): Promise<void> {
  const launcher = new Launcher(root, { options, say })
  let askedMs = 0
  const end = async (exitCode: number): Promise<void> => {
    const deadline = setTimeout(() => {
      launcher.kill()
      process.exit(exitCode)
    }, STOP_WITHIN_MS)
    await launcher.stop().catch(fail)
    clearTimeout(deadline)
    process.exit(exitCode)
  }
  const onSignal = (): void => {
    const nowMs = Date.now()
    if (!askedMs) {
      askedMs = nowMs
      say('OneTape is stopping ...')
      void end(0)
    } else if (nowMs - askedMs > SAME_SIGNAL_MS) launcher.kill()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
  process.on('disconnect', onSignal)
  try {
    await launcher.start()
  } catch (error) {
    if (launcher.isStopping) return
    await end(fail(error))
  }
}

try {
  const options = parseOptions(process.argv.slice(2), process.env, root)
  if (options === 'help') say(HELP)
  else await launch(options)
} catch (error) {
  process.exitCode = fail(error)
}
