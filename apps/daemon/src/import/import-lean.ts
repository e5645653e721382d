// One file of a LEAN folder into the tape.
import { readFile } from 'node:fs/promises'
import { type CorporateActionRow, type Db, writeBatch } from '@onetape/db'
import { type AssetClass, type Micros, nextSession, sessionOn } from '@onetape/market'
import { countUnsupported, type FileReport } from './import-report.ts'
import type { InstrumentBook } from './instrument-book.ts'
import { parseFactorFile } from './lean-factor.ts'
import { parseMapFile } from './lean-map.ts'
import type { LeanFile } from './lean-path.ts'
import { leanUnsupported, parseLeanLine } from './lean-row.ts'
import { openRowSink } from './row-sink.ts'
import { zipLines } from './zip-lines.ts'

export interface FileImport {
  db: Db
  book: InstrumentBook
  path: string
  marketNow: Micros
  signal: AbortSignal
  report: FileReport
}

const SOURCE = 'import:lean'
/** Map and factor files are a few kilobytes. */
const SMALL_BYTES_MAX = 1_000_000

export async function importLeanFile(file: LeanFile, o: FileImport): Promise<void> {
  if (file.what === 'map') return importNames(o)
  if (file.what === 'factor') return importActions(file.ticker, o)
  const unsupported = leanUnsupported(file)
  const sink = openRowSink({
    ...o,
    source: SOURCE,
    basis: 'raw',
    ref: { assetClass: file.security as AssetClass, symbol: file.symbol },
  })
  if (!unsupported) o.report.basis = 'raw'
  try {
    for await (const { number, text } of zipLines(o.path)) {
      o.signal.throwIfAborted()
      o.report.rows += 1
      if (unsupported) {
        countUnsupported(o.report, unsupported)
        continue
      }
      const result = parseLeanLine(text, file)
      if ('fault' in result) sink.reject(number, result.fault)
      else await sink.add(number, result.row)
    }
  } finally {
    await sink.flush()
  }
}

async function importNames({ book, path, report }: FileImport): Promise<void> {
  const { spans, listedOn } = parseMapFile(await smallText(path))
  const { instrument, inserted, duplicate } = await book.applyNames({ spans, listedOn })
  report.rows = spans.length
  report.inserted = inserted
  report.duplicate = duplicate
  const names = spans.map((s) => `${s.symbol} ${s.validFrom ?? '...'} to ${s.validTo ?? 'today'}`)
  report.notes.push(`${instrument.key}: ${names.join(', ')}`)
}

async function importActions(
  ticker: string,
  { db, book, path, report, marketNow }: FileImport,
): Promise<void> {
  const { actions, quietLines } = parseFactorFile(await smallText(path), nextSessionDate)
  report.rows = actions.length + quietLines.length
  if (quietLines.length > 0) {
    countUnsupported(report, 'no split or dividend lies between this row and the next', quietLines.length)
  }
  if (actions.length === 0) return
  const ref = { assetClass: 'equity', symbol: ticker } as const
  const instrument = book.current(ref) ?? (await book.bearer(ref, actions.at(-1)!.exDate)).instrument
  const rows = actions.map((a): CorporateActionRow => {
    const { id: instrumentId } = instrument
    if (a.kind === 'split')
      return { instrumentId, kind: a.kind, exDate: a.exDate, ratio: a.ratio, amount: null, currency: null }
    return {
      instrumentId,
      kind: a.kind,
      exDate: a.exDate,
      ratio: null,
      amount: a.amount,
      currency: instrument.currency,
    }
  })
  const batch = { kind: 'import', source: SOURCE, feed: 'lean', fetchedAt: marketNow, marketNow } as const
  const written = await writeBatch(db, { ...batch, actions: rows })
  report.inserted = written.actions.inserted
  report.updated = written.actions.updated
  report.duplicate = written.actions.duplicate
}

function nextSessionDate(date: string): string {
  const session = sessionOn('XNYS', date)
  const midday = Date.parse(`${date}T17:00:00Z`) * 1000
  return nextSession('XNYS', session?.close ?? midday).date
}

async function smallText(path: string): Promise<string> {
  const bytes = await readFile(path)
  if (bytes.length > SMALL_BYTES_MAX) throw new Error('far too large for a map or factor file')
  return bytes.toString('utf8')
}
