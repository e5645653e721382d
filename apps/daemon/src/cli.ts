// The operator's command line, `onetape`. Everything it does is in cli/; this file meets the process.
import { runCli } from './cli/program.ts'

const stop = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    // Whoever asks twice does not want to wait.
    if (stop.signal.aborted) process.exit(130)
    stop.abort(new Error('stopped'))
  })
}
// `onetape status | head` closes the pipe early: that is no fault.
process.stdout.on('error', () => process.exit(0))

const code = await runCli(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  terminal: process.stderr.isTTY === true,
  signal: stop.signal,
})
// Idle keep-alive connections to vendors must not hold the prompt back; what was printed is flushed first.
process.stdout.write('', () => process.stderr.write('', () => process.exit(code)))
