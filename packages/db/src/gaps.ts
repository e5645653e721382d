// A gap: what the tape should hold and does not. The words of `data_gaps`, and how spans of gaps are put together.
import type { AssetClass, Micros, Timeframe } from '@onetape/market'

export type GapWhy = 'daemon_down' | 'restart' | 'vendor_failing' | 'budget' | 'mute' | 'clock_jump'
export type GapState = 'open' | 'filling' | 'filled' | 'unfillable' | 'no_data'

/** Whose data is missing: one instrument's, or that of all members of a tier (null: of all tiers) in a class. */
export interface GapScope {
  tier: string | null
  assetClass: AssetClass
  instrumentId: number | null
  timeframe: Timeframe
}

export interface FoundGap extends GapScope {
  from: Micros
  to: Micros
  why: GapWhy
  /** Expected slots that were missed. */
  slots: number
  /** The newest instrument that the tape knew before the gap. */
  instrumentsTo: number | null
  /** `open` unless said otherwise. */
  state?: GapState
  reason?: string
}

export interface DataGap extends GapScope {
  id: number
  from: Micros
  to: Micros
  why: GapWhy
  state: GapState
  reason: string | null
  /** Market time. */
  foundAt: Micros
  slots: number
  instrumentsTo: number | null
  runId: number | null
  /** Pieces are asked and written one by one: an instrument's span, or for days a few dates of the whole class. */
  piecesTotal: number
  piecesDone: number
  piecesFailed: number
  rowsWritten: number
  /** Calls that the vendors counted. */
  calls: number
  attempts: number
  lastError: string | null
  /** Server's time before which it is not tried again. */
  notBefore: Micros | null
  startedAt: Micros | null
  endedAt: Micros | null
}

export interface Span {
  from: Micros
  to: Micros
}

/** The parts of a span that lie in none of the others, oldest first. */
export function outside({ from, to }: Span, others: readonly Span[]): Span[] {
  const rest: Span[] = []
  let at = from
  for (const other of [...others].sort((a, b) => a.from - b.from)) {
    if (other.to <= at || other.from >= to) continue
    if (other.from > at) rest.push({ from: at, to: other.from })
    at = Math.max(at, other.to)
  }
  if (at < to) rest.push({ from: at, to })
  return rest
}

/** Whether two spans overlap or meet. */
export const touches = (a: Span, b: Span): boolean => a.from <= b.to && b.from <= a.to
