// A list as a CSV that imports again to the same list. Pure.
import type { ExportedList, Watchlist } from './ports.ts'

/** Rows by CRLF, as the format has it (RFC 4180). */
export function exportList({ name, items }: Pick<Watchlist, 'name' | 'items'>): ExportedList {
  const rows = [['symbol', 'key', 'name'], ...items.map((i) => [i.symbol, i.key, i.name ?? ''])]
  const text = rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('')
  return { filename: `${fileName(name)}.csv`, text }
}

/** A spreadsheet takes a cell that begins so for a formula; a quote mark before it makes it text. */
const FORMULA = /^[=+\-@\t\r]/

function cell(value: string): string {
  const text = (FORMULA.test(value) ? `'${value}` : value).replace(/[\r\n]+/g, ' ')
  return /[",;\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

const fileName = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/[^\w\- ]+/g, '')
    .trim()
    .replace(/\s+/g, '-')
    .toLowerCase() || 'watchlist'
