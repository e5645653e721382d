// `onetape import`: real prices from files into the live tape.
import { BASES, type Basis } from '@onetape/market'
import type { Command } from 'commander'
import { type ImportSymbol, readSymbol } from '../import/file-name.ts'
import type { FileReport, ImportReport } from '../import/import-report.ts'
import { checkMode, runImport } from '../import/run-import.ts'
import { type Console, count, json, Stopped, UsageProblem } from './console.ts'
import { envOf, type ModeOption, openTape } from './open-tape.ts'
import { openProgress } from './progress.ts'

interface ImportOptions extends ModeOption {
  json?: boolean
  basis?: string
  symbol?: string
}

const EXAMPLES_SHOWN = 3

export function addImport(program: Command, to: Console, done: (code: number) => void): void {
  program
    .command('import')
    .description('Load CSV files and LEAN data folders into the live tape; importing again adds nothing.')
    .argument('<path>', 'a file, or a folder that is walked')
    .option('--live', 'the live database; a demo database refuses real prices')
    .option('--basis <basis>', `how the prices of CSV files are adjusted: ${BASES.join(', ')}`)
    .option('--symbol <symbol>', 'whose prices a CSV holds, when its name does not say it')
    .option('--json', 'report as JSON on stdout')
    .action(async (path: string, options: ImportOptions) => {
      const choices = { basis: readBasis(options.basis), symbol: readChosenSymbol(options.symbol) }
      done(await importPath(path, choices, { options, to }))
    })
}

async function importPath(
  path: string,
  choices: { basis: Basis | null; symbol: ImportSymbol | null },
  { options, to }: { options: ImportOptions; to: Console },
): Promise<number> {
  const env = envOf(options)
  checkMode(env.ONETAPE_MODE)
  await using open = await openTape(env)
  const { tape, marketClock } = open
  const progress = openProgress(to, 'files')
  const report = await runImport(
    { db: tape.db, mode: tape.mode, marketNow: () => marketClock.now() },
    {
      path,
      ...choices,
      signal: to.signal,
      onFile: (file, { done, total }) => progress.update(done, total, file.file),
    },
  ).finally(() => progress.stop())
  const failures = report.files.flatMap((f) => failureOf(f) ?? [])
  // A file that was asked for alone and cannot be used needs one line, not a report.
  const hopeless = failures.length === 1 && report.files.length === 1
  if (options.json) to.out(json(report))
  else if (!hopeless) to.out(describe(report))
  if (to.signal.aborted)
    throw new Stopped('Stopped. What was read is stored; the same command goes on from here.')
  for (const failure of failures) to.err(`onetape: ${failure}\n`)
  return failures.length > 0 ? 1 : 0
}

/** Why nothing of a file could be used, or not all of it was read; null when it is fine. */
function failureOf({ file, rows, rejected, error }: FileReport): string | null {
  if (error !== null) return `${file}: ${error}`
  const [first] = rejected
  if (!first || rejected.length < rows) return null
  return `${file}: none of its ${count(rows)} rows can be used, e.g. line ${first.row}: ${first.reason}`
}

function describe({ files, ignored, totals }: ImportReport): string {
  const lines = files.map((f) => {
    const counts = [
      `${count(f.rows)} rows`,
      `${count(f.inserted)} inserted`,
      ...(f.updated ? [`${count(f.updated)} updated`] : []),
      ...(f.duplicate ? [`${count(f.duplicate)} known already`] : []),
      ...(f.unsupported ? [`${count(f.unsupported)} unsupported`] : []),
      ...(f.rejected.length ? [`${count(f.rejected.length)} rejected`] : []),
    ]
    const examples = f.rejected.slice(0, EXAMPLES_SHOWN).map((r) => `    line ${r.row}: ${r.reason}\n`)
    const more =
      f.rejected.length > EXAMPLES_SHOWN
        ? `    and ${f.rejected.length - EXAMPLES_SHOWN} more (--json lists all)\n`
        : ''
    const reasons = f.unsupportedReasons.map((u) => `    ${count(u.rows)} unsupported: ${u.reason}\n`)
    const notes = f.notes.map((n) => `    ${n}\n`)
    return `${f.file}: ${counts.join(', ')}\n${[...notes, ...reasons, ...examples].join('')}${more}`
  })
  const left = ignored.length > 0 ? `${count(ignored.length)} other files were passed over.\n` : ''
  return (
    lines.join('') +
    left +
    `${count(totals.files)} files in ${totals.seconds} s: ${count(totals.rows)} rows, ${count(totals.inserted)} inserted, ${count(totals.updated)} updated, ` +
    `${count(totals.duplicate)} known already, ${count(totals.unsupported)} unsupported, ${count(totals.rejected)} rejected.\n`
  )
}

function readBasis(text: string | undefined): Basis | null {
  if (text === undefined) return null
  const basis = BASES.find((b) => b === text)
  if (!basis) throw new UsageProblem(`--basis takes ${BASES.join(', ')}, not "${text}"`)
  return basis
}

function readChosenSymbol(text: string | undefined): ImportSymbol | null {
  if (text === undefined) return null
  const symbol = readSymbol(text)
  if (!symbol) throw new UsageProblem(`--symbol takes a symbol like AAPL, BRK.B or BTC-USD, not "${text}"`)
  return symbol
}
