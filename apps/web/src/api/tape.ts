// What the browser holds of the live stream, as entries of the query cache: the newest row of every instrument,
// the last health report, and the state of the connection. live.ts alone writes them; everyone else reads.
import type { Health, QuoteRow } from '@onetape/api/router'
import { queryOptions, skipToken, useQuery } from '@tanstack/react-query'
import type { Connection } from './connection.ts'

/**
 * `rows` is the same Map until everything is sent anew; a new `version` (and a new Tape around it) says that it moved.
 */
export interface Tape {
  rows: ReadonlyMap<string, QuoteRow>
  version: number
}

export interface HealthReport {
  health: Health
  /** Browser time at which it came, to place its clock beside ours. */
  receivedAtMs: number
}

const pushed = {
  queryFn: skipToken,
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: Number.POSITIVE_INFINITY,
} as const

export const tapeQuery = queryOptions<Tape>({ queryKey: ['tape'], structuralSharing: false, ...pushed })
export const healthQuery = queryOptions<HealthReport>({ queryKey: ['health'], ...pushed })
export const connectionQuery = queryOptions<Connection>({ queryKey: ['connection'], ...pushed })

/** The newest row of one instrument; renders again only when that row changed. */
export const useQuote = (key: string): QuoteRow | undefined =>
  useQuery({ ...tapeQuery, select: (tape) => tape.rows.get(key) ?? null }).data ?? undefined

export const useTape = (): Tape | undefined => useQuery(tapeQuery).data
export const useHealth = (): Health | undefined => useQuery(healthQuery).data?.health

/**
 * Takes a delta into `rows` and returns what is held now: a full one is held instead, in a Map of its own. A row older
 * than the one held (it may come twice, or late from another tab) is dropped.
 */
export function mergeRows(
  rows: Map<string, QuoteRow>,
  delta: { rows: readonly QuoteRow[]; full: boolean },
): Map<string, QuoteRow> {
  const held = delta.full ? new Map<string, QuoteRow>() : rows
  for (const row of delta.rows) {
    const was = held.get(row.key)
    if (!was || row.batchId >= was.batchId) held.set(row.key, row)
  }
  return held
}
