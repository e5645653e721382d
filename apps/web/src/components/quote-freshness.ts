// How old a quote is, and whether that is older than it should be.
import type { QuoteRow } from '@onetape/api/router'
import { MINUTE_US, type Micros, sessionAt, venueOf } from '@onetape/market'

export type Freshness = 'fresh' | 'delayed' | 'stale'

type Dated = Pick<QuoteRow, 'assetClass' | 'ts' | 'fetchedAt' | 'delayedMinutes' | 'staleAfterUs'>

/** Age of the event itself, by the vendor's clock. */
export const eventAge = (row: Pick<QuoteRow, 'ts'>, now: Micros): number => Math.max(0, now - row.ts)

/**
 * Stale: no word of it for longer than its tier allows, while its venue is in regular session. A feed that runs
 * fifteen minutes behind is not stale for that; and before the open nothing is owed, so the wait starts there.
 */
export function freshnessOf(row: Dated, now: Micros): Freshness {
  const { state, session } = sessionAt(venueOf(row.assetClass), now)
  if (state === 'open' && session && row.staleAfterUs !== null) {
    // A coin's session is the day in UTC: its midnight excuses nothing.
    const owedSince = venueOf(row.assetClass) === 'CRYPTO' ? 0 : session.open
    const heardAt = Math.max(row.fetchedAt, row.ts + row.delayedMinutes * MINUTE_US)
    if (now - Math.max(heardAt, owedSince) > row.staleAfterUs) return 'stale'
  }
  return row.delayedMinutes > 0 ? 'delayed' : 'fresh'
}
