import { type AssetClass, isoFromMicros, type Micros } from '@onetape/market'
import type { Db } from '../connect.ts'
import type { DataGap, GapState } from '../gaps.ts'

export interface GapView extends DataGap {
  /** Of a gap of one instrument. */
  symbol: string | null
  /** Seconds until it will be filled at the pace so far; null while that is unknown. */
  etaSeconds: number | null
}

// The pace is that of its own run; a run that stands still for long shows a long time, as it should.
const READ = `select g.id, g.tier, g.asset_class as "assetClass", g.instrument_id as "instrumentId", g.timeframe,
  g.from_ts as "from", g.to_ts as "to", g.why, g.state, g.reason, g.found_at as "foundAt", g.slots,
  g.instruments_to as "instrumentsTo", g.run_id as "runId", g.pieces_total as "piecesTotal",
  g.pieces_done as "piecesDone", g.pieces_failed as "piecesFailed", g.rows_written as "rowsWritten", g.calls,
  g.attempts, g.last_error as "lastError", g.not_before as "notBefore", g.started_at as "startedAt",
  g.ended_at as "endedAt", i.symbol,
  case when g.state = 'filling' and g.pieces_done + g.pieces_failed > 0 then
    round(extract(epoch from budget_clock() - g.started_at)
      * (g.pieces_total - g.pieces_done - g.pieces_failed) / (g.pieces_done + g.pieces_failed))::int
  end as "etaSeconds"
from data_gaps g left join instruments i on i.id = g.instrument_id
where ($1::text[] is null or g.state = any ($1)) and ($2::timestamptz is null or g.to_ts > $2)
  and ($3::asset_class is null or g.asset_class = $3)`

/**
 * Gaps of the tape: those that are still wanted first, oldest need first, then what is over, the newest first.
 * @param o.states only these; all when absent. @param o.since only gaps that reach beyond this market time.
 */
export async function readGaps(
  db: Db,
  o: { states?: readonly GapState[]; since?: Micros; assetClass?: AssetClass; limit?: number } = {},
): Promise<GapView[]> {
  const { rows } = await db.pool.query<GapView>(
    `${READ} order by g.state in ('open', 'filling') desc,
       case when g.state in ('open', 'filling') then g.from_ts end, g.to_ts desc, g.id
     limit $4`,
    [
      o.states ?? null,
      o.since === undefined ? null : isoFromMicros(o.since),
      o.assetClass ?? null,
      o.limit ?? 500,
    ],
  )
  return rows
}
