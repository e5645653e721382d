// How far the series of one source reaches within a range, and of what it is made: each is one step into a key.
import { type IntradayTimeframe, isoFromMicros, lastSession, type Micros } from '@onetape/market'
import type { Db } from '../connect.ts'
import type { IntradayChoice } from './intraday-offers.ts'
import type { Offer } from './series.ts'

// $1 instrument, $2 source, $3 basis, [$4, $5) range, $6 stored timeframes longer than 1m, $7 first instant from which
// ticks count, [$8, $9) some hours before an open.
const EXTENT = `select
  (select ts from market_data_bars where instrument_id = $1 and timeframe = '1m' and source_id = $2 and basis = $3
     and ts >= $4 and ts < $5 order by ts limit 1) as oldest_minute,
  l.oldest as oldest_longer, l.newest as newest_longer,
  (select ts from market_data_ticks where instrument_id = $1 and source_id = $2 and ts >= $7 and ts < $5
   order by ts limit 1) as oldest_tick,
  exists (select from market_data_bars where instrument_id = $1 and timeframe = '1m' and source_id = $2
     and ts >= $8 and ts < $9) as extended
from (
  select min(o.ts) as oldest, max(n.ts) as newest from unnest($6::timeframe[]) as t (timeframe)
  left join lateral (select ts from market_data_bars where instrument_id = $1 and timeframe = t.timeframe
    and source_id = $2 and basis = $3 and ts >= $4 and ts < $5 order by ts limit 1) o on true
  left join lateral (select ts from market_data_bars where instrument_id = $1 and timeframe = t.timeframe
    and source_id = $2 and basis = $3 and ts >= $4 and ts < $5 order by ts desc limit 1) n on true
) l`

export interface Extent {
  oldest: Micros | null
  /** Newest stored bar longer than a minute; null where there is none. */
  newestLonger: Micros | null
  hasTicks: boolean
  /** Whether there are bars before the open. */
  extended: boolean
}

export async function extentOf(
  db: Db,
  o: IntradayChoice,
  x: { offer: Offer; longer: readonly IntradayTimeframe[]; ticksFrom: Micros },
): Promise<Extent> {
  const session = lastSession(o.venue, x.offer.newest)
  const { rows } = await db.pool.query(EXTENT, [
    o.instrumentId,
    x.offer.sourceId,
    x.offer.basis,
    isoFromMicros(o.from),
    isoFromMicros(o.to),
    `{${x.longer.join(',')}}`,
    isoFromMicros(x.ticksFrom),
    isoFromMicros(session.preOpen),
    isoFromMicros(session.open),
  ])
  const row = rows[0]
  const known: Micros[] = [row.oldest_minute, row.oldest_longer, row.oldest_tick].filter((ts) => ts !== null)
  return {
    oldest: known.length > 0 ? Math.min(...known) : null,
    newestLonger: row.newest_longer,
    hasTicks: row.oldest_tick !== null,
    extended: row.extended,
  }
}
