// One CSV of bars into the tape.
import type { Basis, SymbolRef, Timeframe } from '@onetape/market'
import type { Moment } from './csv-cell.ts'
import { type CsvColumns, readHeader } from './csv-columns.ts'
import { type CsvRecord, csvRecords } from './csv-records.ts'
import { momentOf, parseCsvRow } from './csv-row.ts'
import { timeframeOf } from './csv-series.ts'
import { type ImportSymbol, readFileName } from './file-name.ts'
import type { FileImport } from './import-lean.ts'
import { countUnsupported } from './import-report.ts'
import { openRowSink } from './row-sink.ts'

export interface CsvChoices {
  /** What the person said; overrules the file. */
  basis: Basis | null
  symbol: ImportSymbol | null
}

/** Enough rows to see their spacing. */
const HEAD_ROWS = 50

export async function importCsvFile(choices: CsvChoices, o: FileImport): Promise<void> {
  const named = readFileName(o.path.split(/[\\/]/).at(-1)!)
  const records = csvRecords(o.path)
  const first = await records.next()
  if (first.done) throw new Error('the file is empty')
  const columns = readHeader(first.value.cells)
  const symbol = choices.symbol ?? named.symbol
  if (!symbol) throw new Error('its name does not tell the symbol: say it with --symbol, e.g. --symbol AAPL')
  if ('foreign' in symbol || symbol.ref.assetClass === 'fx') return countHomeless(symbol, records, o)
  await importRows({ columns, ref: symbol.ref, timeframe: named.timeframe, choices }, records, o)
}

interface Series {
  columns: CsvColumns
  ref: SymbolRef
  timeframe: Timeframe | null
  choices: CsvChoices
}

async function importRows(series: Series, records: AsyncGenerator<CsvRecord>, o: FileImport): Promise<void> {
  const { columns, ref } = series
  const where = { columns, assetClass: ref.assetClass }
  const head: CsvRecord[] = []
  // Not a for-await: leaving one early would close the file.
  while (head.length < HEAD_ROWS) {
    const next = await records.next()
    if (next.done) break
    head.push(next.value)
  }
  o.report.rows = head.length
  const moments = head.map((r) => momentOf(r.cells, where)).filter((m): m is Moment => m !== null)
  const timeframe = series.timeframe ?? timeframeOf(moments)
  const { basis, why } = basisOf(series)
  o.report.basis = basis
  o.report.notes.push(`${ref.symbol} ${timeframe}, ${basis}: ${why}`)
  const sink = openRowSink({ ...o, source: 'import:csv', basis, ref })
  const take = async ({ line, cells }: CsvRecord): Promise<void> => {
    const result = parseCsvRow(cells, { ...where, timeframe })
    if ('fault' in result) sink.reject(line, result.fault)
    else await sink.add(line, result.row)
  }
  try {
    for (const record of head) await take(record)
    for await (const record of records) {
      o.signal.throwIfAborted()
      o.report.rows += 1
      await take(record)
    }
  } finally {
    await sink.flush()
  }
}

function basisOf({ choices, columns, ref }: Series): { basis: Basis; why: string } {
  if (choices.basis) return { basis: choices.basis, why: 'as --basis says' }
  if (ref.assetClass === 'crypto') return { basis: 'raw', why: 'coins have no splits' }
  return (
    columns.basis ?? {
      basis: 'raw',
      why: 'nothing in the header speaks of adjustment; --basis says otherwise',
    }
  )
}

async function countHomeless(
  symbol: ImportSymbol,
  records: AsyncGenerator<CsvRecord>,
  o: FileImport,
): Promise<void> {
  const reason =
    'foreign' in symbol
      ? `${symbol.foreign} is listed outside the US, where the tape has no instruments yet`
      : `${symbol.ref.symbol}: forex prices have no home yet`
  for await (const _ of records) {
    o.signal.throwIfAborted()
    o.report.rows += 1
    countUnsupported(o.report, reason)
  }
}
