// The receipt: what an answer is made of and how it came about. The router fills it while it works, never afterwards.
import type { Basis, DataKind, Micros, SymbolRef } from '@onetape/market'
import type { WireCall } from '../call.ts'
import type { ErrorKind } from '../errors.ts'

/** Why a source was not asked. */
export const SKIP_REASONS = [
  'not_connected', // no credentials for it here
  'paused', // switched off by its owner
  'expired', // credentials have run out: a person must sign in
  'not_entitled', // its tier does not include this kind of data, or not this far back
  'no_capability', // the vendor does not have it
  'breaker_open', // it failed lately and is left alone until `retryAt`
  'budget_gone', // no calls left for this priority until `retryAt`
  'other_basis', // its series stands on another basis and the tape does not know how to convert
  'other_currency',
  'other_feed', // a series that was begun with another feed
  'deadline', // no time left
  'not_needed', // an earlier source answered everything
] as const
export type SkipReason = (typeof SKIP_REASONS)[number]

export interface Attempt {
  /** `polygon`, `alpaca:2`, or `tape`. */
  source: string
  /** `partial`: served some of the symbols asked; `empty`: answered rightly that there is nothing. */
  outcome: 'served' | 'partial' | 'empty' | 'failed' | 'skipped'
  reason: SkipReason | ErrorKind | null
  /** One line for people; never holds a credential or an address with a query. */
  message: string | null
  /** Wall time; null when skipped. */
  startedAt: Micros | null
  latencyMs: number | null
  /** Symbols asked of this source and served by it. */
  asked: number
  served: number
  /** Requests that really went out, in order. */
  calls: WireCall[]
  /** Wall time at which the source may be asked again, where that is known. */
  retryAt: Micros | null
}

/** `live`: asked now; `cached`: an answer kept for a moment; `stale`: older than its session allows, from the tape. */
export type Freshness = 'live' | 'cached' | 'tape' | 'stale'

export interface Receipt {
  kind: DataKind
  ref: SymbolRef
  /** Who served; null when nobody could. */
  source: string | null
  feed: string | null
  delayedMinutes: number | null
  /** Event time by the vendor's clock, of the newest record. */
  ts: Micros | null
  tsOrigin: 'vendor' | 'response' | null
  /** Market time at which the answer was complete. */
  fetchedAt: Micros | null
  /** Market time between the event and the moment of answering, in milliseconds. */
  ageMs: number | null
  freshness: Freshness | null
  basis: Basis | null
  /** Set when the series was converted: from which basis, and whose corporate actions were used. */
  converted: { from: Basis; actionsSource: string } | null
  currency: string | null
  /** In the order of the plan; skipped sources stand in their place. */
  attempts: Attempt[]
  /** Whose wish put the first source first: a pin of this symbol, the user's order, the house's. */
  order: 'pin' | 'user' | 'house'
  /** Market time of the answer. */
  answeredAt: Micros
  /** Wall time that the whole routing took, in milliseconds. */
  tookMs: number
}
