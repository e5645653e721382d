// What a command may say and to whom: answers to stdout, everything else to stderr.
export interface Console {
  out(text: string): void
  err(text: string): void
  /** Whether stderr is a terminal that can show a moving bar. */
  terminal: boolean
  /** Aborted by Ctrl-C. */
  signal: AbortSignal
}

/** The command line was wrong: exit code 2. */
export class UsageProblem extends Error {
  override name = 'UsageProblem'
}

/** The command was stopped by Ctrl-C: exit code 130. */
export class Stopped extends Error {
  override name = 'Stopped'
}

export const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

export const count = (n: number): string => n.toLocaleString('en-US')

/** Rows of text in columns, two spaces apart; columns of numbers are right-aligned. */
export function table(rows: readonly (readonly (string | number)[])[]): string {
  const text = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? count(cell) : cell)))
  const widths = text.reduce<number[]>((w, row) => row.map((cell, i) => Math.max(w[i] ?? 0, cell.length)), [])
  const line = (row: readonly string[], r: number) =>
    row
      .map((cell, i) =>
        typeof rows[r]![i] === 'number' ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!),
      )
      .join('  ')
  return text.map((row, r) => `${line(row, r).trimEnd()}\n`).join('')
}
