// An import from start to end: find the files, take them in order, roll the days up, report.
import { type Db, type Mode, rollUpBatches } from '@onetape/db'
import type { Micros } from '@onetape/market'
import { type CsvChoices, importCsvFile } from './import-csv.ts'
import { type FileImport, importLeanFile } from './import-lean.ts'
import { emptyReport, type FileReport, type ImportReport, totalsOf } from './import-report.ts'
import { type InstrumentBook, openInstrumentBook } from './instrument-book.ts'
import { type FoundFile, walkFiles } from './walk-files.ts'

export interface ImportDeps {
  db: Db
  mode: Mode
  marketNow(): Micros
}

export interface ImportRequest extends CsvChoices {
  path: string
  signal: AbortSignal
  onFile?(report: FileReport, progress: { done: number; total: number }): void
}

/** A request that cannot be carried out; the message is one clear line for a person. */
export class ImportProblem extends Error {
  override name = 'ImportProblem'
}

const ROLL_UP_BATCHES = 200

/** @throws ImportProblem in demo: simulated prices never mix with real ones. */
export function checkMode(mode: Mode): void {
  if (mode === 'live') return
  throw new ImportProblem(
    'A demo database holds simulated prices and refuses real ones: add --live to import into the live database.',
  )
}

export async function runImport(deps: ImportDeps, request: ImportRequest): Promise<ImportReport> {
  checkMode(deps.mode)
  const started = performance.now()
  const found = await findFiles(request)
  const wanted = found.filter((f) => !('ignored' in f.kind))
  const book = await openInstrumentBook(deps.db)
  const files: FileReport[] = []
  for (const file of wanted) {
    const report = await importFile(file, { deps, request, book })
    files.push(report)
    request.onFile?.(report, { done: files.length, total: wanted.length })
    if (request.signal.aborted) break
  }
  await rollUp(deps.db, request.signal)
  const ignored = found.filter((f) => 'ignored' in f.kind).map((f) => f.name)
  const totals = totalsOf(files, ignored.length, (performance.now() - started) / 1000)
  return { path: request.path, mode: deps.mode, files, ignored, totals }
}

async function findFiles({ path, symbol }: ImportRequest): Promise<FoundFile[]> {
  const found = await walkFiles(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw new ImportProblem(`There is no file or folder ${path}.`)
    if (error.code === 'EACCES') throw new ImportProblem(`${path} may not be read by this user.`)
    throw error
  })
  const wanted = found.filter((f) => !('ignored' in f.kind))
  if (wanted.length === 0)
    throw new ImportProblem(`${path} holds nothing to import: no CSV and no zip of a LEAN folder.`)
  if (symbol && (wanted.length > 1 || !('csv' in wanted[0]!.kind))) {
    throw new ImportProblem('--symbol names the instrument of one CSV file; this path is not one CSV file.')
  }
  return found
}

async function importFile(
  file: FoundFile,
  { deps, request, book }: { deps: ImportDeps; request: ImportRequest; book: InstrumentBook },
): Promise<FileReport> {
  const report = emptyReport(file.name)
  const o: FileImport = {
    db: deps.db,
    book,
    path: file.path,
    marketNow: deps.marketNow(),
    signal: request.signal,
    report,
  }
  try {
    if ('unknown' in file.kind) throw new Error(file.kind.unknown)
    if ('lean' in file.kind) await importLeanFile(file.kind.lean, o)
    else await importCsvFile(request, o)
  } catch (error) {
    // The database's own troubles end the import; a file's trouble is the file's.
    if (!isFileTrouble(error, request.signal)) throw error
    report.error = request.signal.aborted ? 'stopped before its end' : (error as Error).message
  }
  return report
}

const isFileTrouble = (error: unknown, signal: AbortSignal): boolean =>
  signal.aborted || (error instanceof Error && !isDatabaseTrouble(error))

/** What the server said has a severity; a connection that broke has a socket's code or the driver's own words. */
function isDatabaseTrouble(error: Error): boolean {
  const cause = (error.cause instanceof Error ? error.cause : error) as NodeJS.ErrnoException
  const code = cause.code ?? (cause instanceof AggregateError ? cause.errors[0]?.code : undefined)
  return (
    'severity' in cause ||
    /^(ECONN|EPIPE|ETIMEDOUT)/.test(code ?? '') ||
    /^(Failed query|Connection terminated|Client has encountered|timeout exceeded|Query read timeout)/.test(
      error.message,
    )
  )
}

/** Minute bars also give days; the daemon does this too, and whoever comes first has done it. */
async function rollUp(db: Db, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && (await rollUpBatches(db, { limit: ROLL_UP_BATCHES })).batches > 0);
}
