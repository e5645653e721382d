// The commands of `onetape`, and what becomes of their failures: one clear line on stderr and an exit code.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command, CommanderError } from 'commander'
import { lineOf } from '../complaints.ts'
import { addBackfill } from './backfill.ts'
import { type Console, Stopped, UsageProblem } from './console.ts'
import { addGaps } from './gaps.ts'
import { addImport } from './import.ts'
import { addKeys } from './keys.ts'
import { addPartitions } from './partitions.ts'
import { addSimulate } from './simulate.ts'
import { addSources } from './sources.ts'
import { addStatus } from './status.ts'
import { addUniverse } from './universe.ts'
import { addVerify } from './verify.ts'

const EXIT_FAILED = 1
const EXIT_USAGE = 2
const EXIT_STOPPED = 130

/** @returns the exit code. */
export async function runCli(args: readonly string[], to: Console): Promise<number> {
  let code = 0
  const program = buildProgram(to, (result) => {
    code = result
  })
  try {
    if (args.length === 0) program.outputHelp()
    else await program.parseAsync(args, { from: 'user' })
    return code
  } catch (error) {
    return explain(error, to)
  }
}

function buildProgram(to: Console, done: (code: number) => void): Command {
  const program = new Command('onetape')
    .description("OneTape's command line: fill, look at and feed the tape.")
    .version(readVersion(), '-V, --version', 'the version')
    .helpOption('-h, --help', 'this help')
    .helpCommand('help [command]', 'the help of a command')
    .configureOutput({ writeOut: to.out, writeErr: to.err, outputError: () => {} })
    .exitOverride()
    .showSuggestionAfterError(true)
    .addHelpText(
      'after',
      '\nDemo is the default; --live (or ONETAPE_MODE=live) means real vendors and the live database.',
    )
  addBackfill(program, to, done)
  addGaps(program, to)
  addImport(program, to, done)
  addKeys(program, to, done)
  addPartitions(program, to, done)
  addSimulate(program, to)
  addSources(program, to)
  addStatus(program, to)
  addUniverse(program, to, done)
  addVerify(program, to, done)
  return program
}

function explain(error: unknown, to: Console): number {
  if (error instanceof CommanderError) {
    // --help, --version and the help command end this way too.
    if (error.exitCode === 0) return 0
    if (error.code === 'commander.help') return EXIT_USAGE
    to.err(`onetape: ${oneLine(error.message.replace(/^error: /, ''))}. See onetape --help.\n`)
    return EXIT_USAGE
  }
  if (to.signal.aborted || error instanceof Stopped) {
    to.err(`onetape: ${error instanceof Stopped ? error.message : 'Stopped.'}\n`)
    return EXIT_STOPPED
  }
  to.err(`onetape: ${lineOf(error)}\n`)
  return error instanceof UsageProblem ? EXIT_USAGE : EXIT_FAILED
}

const oneLine = (text: string): string =>
  text
    .split('\n')
    .map((l) => l.trim())
    .filter(Boolean)
    .join(' ')
    .replace(/\.$/, '')

function readVersion(): string {
  const text = readFileSync(join(import.meta.dirname, '../../../../package.json'), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
