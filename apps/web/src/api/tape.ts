// What the browser holds of the live stream, as entries of the query cache: the newest row of every instrument,
// the last health report, and the state of the connection. live.ts alone writes them; everyone else reads.
import type { Health, QuoteRow } from '@onetape/api/router'
import { queryOptions, skipToken, useQuery } from '@tanstack/react-query'
import type { Connection } from './connection.ts'

/** `rows` is one Map for the life of the page; a new `version` (and a new Tape around it) says that it moved. */
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
 * Takes a delta into `rows`. A full one replaces what was held; a row older than the one held (it may come twice,
 * or late from another tab) is dropped.
 */
export function mergeRows(
  rows: Map<string, QuoteRow>,
  delta: { rows: readonly QuoteRow[]; full: boolean },
): void {
  if (delta.full) rows.clear()
  for (const row of delta.rows) {
    const held = rows.get(row.key)
    if (!held || row.batchId >= held.batchId) rows.set(row.key, row)
  }
}
