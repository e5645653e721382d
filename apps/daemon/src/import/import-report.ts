// What an import did, file by file. The numbers of a file add up:
// rows = inserted + updated + duplicate + unsupported + rejected.
import type { Basis } from '@onetape/market'

export interface RejectedRow {
  /** Line of the file (of its entry, in a zip), counted from 1 with the header. */
  row: number
  reason: string
}

export interface FileReport {
  file: string
  /** Lines with content, without the header. */
  rows: number
  inserted: number
  /** Rows that changed what the tape held; the old values are kept as restatements. */
  updated: number
  duplicate: number
  unsupported: number
  unsupportedReasons: { reason: string; rows: number }[]
  rejected: RejectedRow[]
  /** How the prices are adjusted, and how we know; null for files without prices. */
  basis: Basis | null
  /** Things a person should know: an assumed basis, an earlier bearer of a reused ticker. */
  notes: string[]
  /** Why the file could not be read, or was left in the middle; null when it was read to its end. */
  error: string | null
}

export interface ImportTotals {
  files: number
  rows: number
  inserted: number
  updated: number
  duplicate: number
  unsupported: number
  rejected: number
  unreadable: number
  /** Files that are no prices at all, e.g. a README. */
  ignored: number
  seconds: number
}

export interface ImportReport {
  path: string
  mode: string
  files: FileReport[]
  ignored: string[]
  totals: ImportTotals
}

export const emptyReport = (file: string): FileReport => ({
  file,
  rows: 0,
  inserted: 0,
  updated: 0,
  duplicate: 0,
  unsupported: 0,
  unsupportedReasons: [],
  rejected: [],
  basis: null,
  notes: [],
  error: null,
})

export function countUnsupported(report: FileReport, reason: string, rows = 1): void {
  report.unsupported += rows
  const known = report.unsupportedReasons.find((u) => u.reason === reason)
  if (known) known.rows += rows
  else report.unsupportedReasons.push({ reason, rows })
}

export function totalsOf(files: readonly FileReport[], ignored: number, seconds: number): ImportTotals {
  const sum = (count: (f: FileReport) => number): number => files.reduce((n, f) => n + count(f), 0)
  return {
    files: files.length,
    rows: sum((f) => f.rows),
    inserted: sum((f) => f.inserted),
    updated: sum((f) => f.updated),
    duplicate: sum((f) => f.duplicate),
    unsupported: sum((f) => f.unsupported),
    rejected: sum((f) => f.rejected.length),
    unreadable: files.filter((f) => f.error !== null).length,
    ignored,
    seconds: Math.round(seconds * 10) / 10,
  }
}
