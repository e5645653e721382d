// Who belongs to which tier: the rows of `universe_members`, and whatever somebody watches now, which is in the tier of
// the watchlists for as long as its lease runs. Nothing is written when a lease comes or goes, so all daemons agree.
import { WATCHLIST_TIER } from './writes/hold-watch.ts'

/** Past it the tier would be no fast one any more; what most lists hold goes first. */
const WATCHED_MAX = 2_000

const WATCHED = `select w.instrument_id from watched_symbols s, unnest(s.instrument_ids) as w (instrument_id)
  where s.expires_at > budget_clock()
  group by w.instrument_id order by count(*) desc, w.instrument_id limit ${WATCHED_MAX}`

/** A table of (tier, instrument_id), to be selected from. */
export const TIER_MEMBERS = `(
  select tier, instrument_id from universe_members
  union
  select '${WATCHLIST_TIER}', w.instrument_id from (${WATCHED}) w
)`

/** Changes when an instrument is watched that was not, or the other way round. */
export const WATCHED_MARK = `(select coalesce(hashtextextended(string_agg(instrument_id::text, ',' order by instrument_id), 0), 0)
  from (${WATCHED}) w)`
