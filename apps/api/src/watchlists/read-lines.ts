// What a person pastes or drops as a list, line by line: plain lines, CSV or TSV, with a header or without. Pure.
import { parse } from 'csv-parse/sync'

/** What one line names. An error instead of names: it cannot be read. */
export interface ReadLine {
  /** From 1. */
  line: number
  /** Its beginning, to be shown. */
  text: string
  names: string[]
  error: string | null
}

export const IMPORT_LINES_MAX = 5_000
const NAME_MAX = 64
const TEXT_SHOWN = 80
const CONTROL = /\p{Cc}/gu

const SYMBOL_HEADS = ['symbol', 'symbols', 'ticker', 'tickers', 'instrument']
const KEY_HEAD = 'key'

/** @returns the lines that hold anything. @throws RangeError when there are too many. */
export function readLines(text: string): ReadLine[] {
  const plain = text.replace(/^\uFEFF/, '')
  const lines = plain.split(/\r\n|\n|\r/)
  const filled = lines
    .map((content, n) => ({ line: n + 1, content }))
    .filter(({ content }) => content.trim() !== '')
  if (filled.length > IMPORT_LINES_MAX)
    throw new RangeError(
      `That is ${filled.length} lines; at most ${IMPORT_LINES_MAX} are read at once. Split it.`,
    )
  const delimiter = delimiterOf(filled.map(({ content }) => content))
  const rows = filled.map(({ line, content }) => ({
    line,
    text: content.replace(CONTROL, ' ').trim().slice(0, TEXT_SHOWN),
    ...cellsOf(content, delimiter),
  }))
  const head = rows[0]?.cells ? columnOf(rows[0].cells, rows[1]?.cells ?? null) : null
  const body = head === null ? rows : rows.slice(1)
  const isList = head === null && rows.every(({ cells }) => cells === null || cells.every(isNameLike))
  return body.map(({ line, text, cells, error }): ReadLine => {
    if (cells === null) return { line, text, names: [], error }
    const named = head ? firstOf(cells, head) : isList ? cells : cells.slice(0, 1)
    const names = named.filter((name) => name !== '')
    if (names.length === 0) return { line, text, names, error: 'no symbol in this line' }
    const isOdd = names.some((name) => name.length > NAME_MAX || name.search(CONTROL) >= 0)
    return isOdd ? { line, text, names: [], error: 'this is no symbol' } : { line, text, names, error: null }
  })
}

/** The first of these columns that is filled. */
const firstOf = (cells: readonly string[], columns: readonly number[]): string[] =>
  columns.flatMap((n) => cells[n] || []).slice(0, 1)

function cellsOf(content: string, delimiter: string): { cells: string[] | null; error: string | null } {
  try {
    const [cells = []] = parse(content, {
      delimiter,
      relax_column_count: true,
      relax_quotes: true,
      trim: true,
    }) as string[][]
    return { cells, error: null }
  } catch {
    return { cells: null, error: 'the quotes in this line do not close' }
  }
}

/** A tab anywhere makes it TSV; else what the lines use most. */
function delimiterOf(lines: readonly string[]): string {
  if (lines.some((content) => content.includes('\t'))) return '\t'
  const head = lines.slice(0, 20).join('\n')
  return head.split(';').length > head.split(',').length ? ';' : ','
}

/** Columns to look in, the best first, where the first row is a header. */
function columnOf(cells: readonly string[], next: readonly string[] | null): number[] | null {
  const heads = cells.map((cell) => cell.trim().toLowerCase())
  const symbol = heads.findIndex((head) => SYMBOL_HEADS.includes(head))
  const key = heads.indexOf(KEY_HEAD)
  // KEY is also a share; a column of keys is known by what stands under it.
  if (symbol < 0 && !(key >= 0 && next?.[key]?.includes(':'))) return null
  return [key, symbol].filter((n) => n >= 0)
}

/** A word that could be a symbol or a key: a row of nothing else is a list, not a table. */
const isNameLike = (cell: string): boolean =>
  cell === '' || (/^\$?[A-Z0-9][A-Z0-9.\-/:^@]*$/.test(cell) && /[A-Z]/.test(cell))
