import { isIntraday } from '@onetape/market'
import type { Db } from '../connect.ts'
import { daySeries } from '../series/day-series.ts'
import { intradaySeries } from '../series/intraday-series.ts'
import type { BarSeries, SeriesRequest } from '../series/series.ts'

/**
 * The newest bars of a range, oldest first, all of one source on one basis. The last one moves with the latest price
 * where that comes from the same source.
 */
export async function readBars(db: Db, o: SeriesRequest): Promise<BarSeries> {
  const { timeframe } = o
  const { offer, sources, bars } = await (isIntraday(timeframe)
    ? intradaySeries(db, { ...o, timeframe })
    : daySeries(db, { ...o, timeframe }))
  if (!offer) return { source: null, basis: null, feed: null, sources, bars: [] }
  const { rows } = await db.pool.query('select feed from tape_batches where write_id = $1', [offer.writeId])
  return { source: offer.source, basis: offer.basis, feed: rows[0]?.feed ?? null, sources, bars }
}
