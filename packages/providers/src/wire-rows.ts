// Row-by-row reading of a vendor's list: a row that does not parse or does not map is counted, never the batch.
import type { z } from 'zod'
import type { DroppedRow } from './contract.ts'

export interface Rows<Noun> {
  rows: Noun[]
  dropped: DroppedRow[]
}

export interface RowReader<Raw, Noun> {
  schema: z.ZodType<Raw>
  /** A quick look that lets pass only what the schema would accept as it is; the schema decides on the rest. */
  isWellShaped?: (raw: unknown) => raw is Raw
  /** The vendor's own symbol in a raw row, if it can still be read there. */
  nameOf?: (raw: unknown) => string | undefined
  /** A noun, or the reason why this row is none. */
  normalize: (row: Raw) => Noun | string
}

export function readRows<Raw, Noun extends object>(
  list: readonly unknown[],
  reader: RowReader<Raw, Noun>,
): Rows<Noun> {
  const rows: Noun[] = []
  const dropped: DroppedRow[] = []
  list.forEach((raw, index) => {
    const result = reader.isWellShaped?.(raw) ? reader.normalize(raw) : checked(raw, reader)
    if (typeof result === 'string') dropped.push({ row: reader.nameOf?.(raw) ?? index, reason: result })
    else rows.push(result)
  })
  return { rows, dropped }
}

function checked<Raw, Noun>(raw: unknown, { schema, normalize }: RowReader<Raw, Noun>): Noun | string {
  const parsed = schema.safeParse(raw)
  return parsed.success ? normalize(parsed.data) : shapeFault(parsed.error)
}

/** The first thing wrong with a row, with its path: `day.c: expected number, received string`. */
export function shapeFault(error: z.ZodError): string {
  const issue = error.issues[0]
  if (!issue) return 'does not have the expected shape'
  const path = issue.path.join('.')
  const message = issue.message.replace(/^Invalid input: /, '')
  return path === '' ? message : `${path}: ${message}`
}

/** A field of an unknown value when it is text: rows name themselves even when the rest of them is rubbish. */
export function textField(raw: unknown, field: string): string | undefined {
  if (typeof raw !== 'object' || raw === null) return undefined
  const value = (raw as Record<string, unknown>)[field]
  return typeof value === 'string' && value !== '' ? value : undefined
}
