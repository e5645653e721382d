// What a venue is doing, in words: "open · closes in 2h 14m".
import type { Micros, SessionState, Venue } from '@onetape/market'
import { formatSpan } from './time-format.ts'

export const VENUE_NAMES: Record<Venue, string> = { XNYS: 'US market', CRYPTO: 'Crypto', FX: 'Forex' }

const STATES: Record<SessionState, string> = {
  pre: 'pre-market',
  open: 'open',
  post: 'after hours',
  closed: 'closed',
}

export const statePhrase = (state: SessionState): string => STATES[state]

/** "closes in 2h 14m", or null for a venue that never changes. */
export function changePhrase(
  state: SessionState,
  next: { at: Micros; state: SessionState } | null,
  now: Micros,
): string | null {
  if (!next) return null
  const wait = formatSpan(next.at - now)
  if (next.state === 'open') return `opens in ${wait}`
  if (next.state === 'pre') return `pre-market in ${wait}`
  if (state === 'open') return `closes in ${wait}`
  return `ends in ${wait}`
}
