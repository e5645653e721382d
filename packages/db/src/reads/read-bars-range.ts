import type { Db } from '../connect.ts'
import { type RangeRequest, rangeSeries } from '../series/range-series.ts'
import type { Resolution } from '../series/resolution.ts'
import type { BarSeries } from '../series/series.ts'

/** A series with the length of its bars. */
export interface RangeBars extends BarSeries {
  resolution: Resolution
}

/**
 * All bars that a range touches, as long as it takes to fit `points` of them; of one source on one basis, oldest first.
 * Each bar is the OHLCV of its whole span, also where the range begins or ends within it.
 */
export async function readBarsRange(db: Db, o: RangeRequest): Promise<RangeBars> {
  const { offer, sources, bars, resolution } = await rangeSeries(db, o)
  if (!offer) return { source: null, basis: null, feed: null, sources, bars: [], resolution }
  const { rows } = await db.pool.query('select feed from tape_batches where write_id = $1', [offer.writeId])
  return { source: offer.source, basis: offer.basis, feed: rows[0]?.feed ?? null, sources, bars, resolution }
}
