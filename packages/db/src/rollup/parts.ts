// The events that roll-ups are made of, as they are stored: for those who recompute from scratch.
import { DAY_US, isoFromMicros } from '@onetape/market'

export interface Slice {
  /** UTC. */
  date: string
  /** `to` is exclusive. */
  instruments: { from: number; to: number }
}

/** $1 and $2 are a range of time, $3 and $4 of instruments. Ticks of a batch that is still open do not count yet. */
export const PARTS = `parts as (
  select instrument_id, source_id, basis, 0 as rank, ts as open_ts,
    case when final then ts + interval '59.999999 seconds' else ts end as close_ts, open, high, low, close, volume,
    null::numeric as cumulative
  from market_data_bars
  where timeframe = '1m' and ts >= $1 and ts < $2 and instrument_id >= $3 and instrument_id < $4
  union all
  select instrument_id, source_id, 'raw', 1, ts, ts, price, price, price, price, null, volume
  from market_data_ticks
  where ts >= $1 and ts < $2 and instrument_id >= $3 and instrument_id < $4
    and write_id not in (select write_id from tape_batches where id is null)
)`

export const sliceValues = ({ date, instruments }: Slice): unknown[] => {
  const midnight = Date.parse(`${date}T00:00:00Z`) * 1000
  return [isoFromMicros(midnight), isoFromMicros(midnight + DAY_US), instruments.from, instruments.to]
}
