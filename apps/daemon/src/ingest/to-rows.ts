// An accepted snapshot as rows of the tape: a tick, the latest price, a minute bar and the day so far. Pure.
import type { BarRow, DailyRow, Instrument, LatestRow, TickRow } from '@onetape/db'
import { type Basis, MINUTE_US, type Micros, SECOND_US, type Snapshot } from '@onetape/market'

export interface ToRowsInput {
  instrument: Pick<Instrument, 'id'>
  /** From the gate: `quote.last` is a real price. */
  row: Snapshot
  fetchedAt: Micros
  /** What the tape holds from this same source, or null. */
  held: { ts: Micros; last: number } | null
  /** Basis of the source's bars, which its day of a running session shares: nothing has been adjusted yet. */
  basis: Basis
}

export interface TapeRows {
  /** Null when the vendor only repeats its last event: what it says beside the price belongs to a later moment. */
  tick: TickRow | null
  latest: LatestRow
  bar: BarRow | null
  day: DailyRow | null
}

/** A vendor's last trades of a minute reach its snapshot a little after the minute. */
const MINUTE_GRACE_US = 2 * SECOND_US

export function toRows(input: ToRowsInput): TapeRows {
  const { instrument, row, basis } = input
  const { quote } = row
  const instrumentId = instrument.id
  const last = quote.last!
  const repeats = input.held?.ts === quote.ts && input.held.last === last
  return {
    tick: repeats ? null : { instrumentId, ts: quote.ts, price: last, volume: quote.volume },
    latest: {
      instrumentId,
      ts: quote.ts,
      last,
      bid: quote.bid,
      ask: quote.ask,
      bidSize: quote.bidSize,
      askSize: quote.askSize,
      volume: quote.volume,
      day: row.day,
      previousClose: row.previousClose,
      sessionDate: row.sessionDate,
      feed: quote.feed,
      delayedMinutes: quote.delayedMinutes,
      tsOrigin: quote.tsOrigin,
    },
    bar: minuteRow(input),
    day: row.day && {
      instrumentId,
      sessionDate: row.sessionDate,
      basis,
      ...row.day,
      // Settled by the official bar after the session, never by a snapshot.
      settled: false,
    },
  }
}

function minuteRow({ instrument, row: { minuteBar: bar, quote }, fetchedAt }: ToRowsInput): BarRow | null {
  if (bar?.timeframe !== '1m') return null
  const seenUntil = fetchedAt - quote.delayedMinutes * MINUTE_US
  const { ts, basis, open, high, low, close, volume } = bar
  const final = ts + MINUTE_US + MINUTE_GRACE_US <= seenUntil
  return { instrumentId: instrument.id, timeframe: '1m', ts, basis, final, open, high, low, close, volume }
}
