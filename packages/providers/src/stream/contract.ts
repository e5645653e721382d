// What a stream of prices is: to whoever iterates it, and to the vendor's folder that feeds it.
import type { Bar, Micros, Quote, SymbolRef } from '@onetape/market'
import type { DroppedRow } from '../contract.ts'
import type { ProviderError } from '../errors.ts'

export interface StreamOptions {
  signal?: AbortSignal
}

/**
 * Events of a stream, in order. Quotes of one instrument never go back in `ts`, and the same event never comes twice.
 * A reader that is slow gets the newest quote of each instrument, not all of them; how many were passed over is
 * counted (`conflated`). `up`, `down` and `seam` are never conflated.
 */
export type StreamEvent =
  | { type: 'quote'; quote: Quote }
  /** A minute that the vendor closed and sent whole. */
  | { type: 'bar'; bar: Bar }
  /** Signed in and subscribed; `refused` are the symbols that the vendor would not stream. */
  | { type: 'up'; at: Micros; refused: { ref: SymbolRef; reason: string }[] }
  /** The connection ended or went mute; the stream comes back by itself after `retryInMs`. */
  | { type: 'down'; at: Micros; error: ProviderError; retryInMs: number }
  /** Market time for which events of `refs` may be lost: half-open, to be healed from REST. */
  | { type: 'seam'; refs: readonly SymbolRef[]; from: Micros; to: Micros; reason: string }
  /** A symbol is silent for longer than its own rate explains, while others of the connection speak. */
  | { type: 'mute'; ref: SymbolRef; lastAt: Micros }

export interface StreamStats {
  connects: number
  /** Frames' rows that became events. */
  received: number
  /** Quotes passed over because a newer one of the same instrument came before the reader did. */
  conflated: number
  /** Events seen twice or older than one already given. */
  duplicates: number
  outOfOrder: number
  /** Rows that did not parse or map, with the newest reasons (at most 20). */
  dropped: number
  lastDropped: DroppedRow[]
  lastEventAt: Micros | null
}

/**
 * Iterated once. It goes on until its signal aborts or `close()`; it throws a ProviderError only for what waiting
 * does not heal: `unauthorized`, `not_entitled`, `unsupported`, `invalid_request`.
 */
export interface QuoteStream extends AsyncIterable<StreamEvent> {
  stats(): StreamStats
  /** Another set of symbols from now on; kept symbols see no seam where the vendor can change a subscription. */
  setRefs(refs: readonly SymbolRef[]): void
  close(): Promise<void>
}

/** What one connection of a vendor yields, frame by frame. */
export type SessionEvent =
  | { type: 'subscribed'; refused?: { ref: SymbolRef; reason: string }[] }
  | { type: 'quote'; quote: Quote }
  | { type: 'bar'; bar: Bar }
  /** A heartbeat: the connection lives, the market says nothing. */
  | { type: 'alive' }
  /** The vendor's own numbering shows that frames are missing since the last one. */
  | { type: 'gap'; reason: string; refs?: readonly SymbolRef[] }
  | { type: 'dropped'; row: DroppedRow }

/** The symbols wanted, as a session sees them; they may change while it runs. */
export interface Subscriptions {
  current(): readonly SymbolRef[]
  /**
   * Hears `added` and `removed`. A session that never calls it is opened anew on a change. Returns the way to stop.
   */
  onChange(listener: (change: { added: SymbolRef[]; removed: SymbolRef[] }) => void): () => void
}

/**
 * One connection: opens, signs in, subscribes, yields until the vendor ends it (return) or it fails (ProviderError).
 * Reconnecting, watching, ordering and conflating are the supervisor's work, not the session's.
 */
export type OpenSession = (o: {
  subscriptions: Subscriptions
  signal: AbortSignal
}) => AsyncGenerator<SessionEvent, void>
