// The streamer's rows as quotes and minute bars. Level-one rows are deltas by field number, merged before they come here.
import {
  type Bar,
  MINUTE_US,
  type Micros,
  microsFromMillis,
  type Ohlcv,
  ohlcvFault,
  type Quote,
  type SymbolRef,
  sessionDateOf,
  venueOf,
} from '@onetape/market'
import { DELAYED_MINUTES } from './capabilities.ts'
import { currencyOf, feedOf, instant, positive } from './normalize.ts'
import { basisOf } from './normalize-bars.ts'
import type { StreamRow } from './payload-stream.ts'
import { refFromSymbol } from './symbols.ts'

/** Under which field number a service says what. */
interface LevelOneFields {
  bid: string
  ask: string
  last: string
  bidSize: string
  askSize: string
  volume: string | null
  quoteMs: string | null
  tradeMs: string | null
  /** Units of one size: the streamer counts shares, its predecessor counted lots. */
  lot: number
}

const common = { bid: '1', ask: '2', last: '3', bidSize: '4', askSize: '5', lot: 1 }

const LEVEL_ONE: Record<string, LevelOneFields> = {
  LEVELONE_EQUITIES: { ...common, volume: '8', quoteMs: '34', tradeMs: '35' },
  LEVELONE_FOREX: { ...common, volume: null, quoteMs: '8', tradeMs: '9' },
  // The predecessor's equities: times there were seconds of the day, so the frame's own time stands in.
  QUOTE: { ...common, volume: '8', quoteMs: null, tradeMs: null, lot: 100 },
}

export const isLevelOne = (service: string): boolean => service in LEVEL_ONE

/** All fields that we ask for. */
export const LEVEL_ONE_FIELDS = '0,1,2,3,4,5,8,34,35'
export const CHART_FIELDS = '0,1,2,3,4,5,6,7,8'

/** @param row The instrument's whole state: every delta since the subscription merged. */
export function normalizeLevelOne(row: StreamRow, service: string, sentMs: number): Quote | string {
  const fields = LEVEL_ONE[service]
  if (!fields) return `${service.toLowerCase()} has no place here`
  const ref = refOf(row)
  if (typeof ref === 'string') return ref
  const number = (field: string | null): number | null => {
    const value = field === null ? null : row[field]
    return typeof value === 'number' && Number.isFinite(value) ? value : null
  }
  const [bid, ask, last] = [number(fields.bid), number(fields.ask), number(fields.last)].map(positive)
  if (bid == null && ask == null && last == null) return 'no price'
  const event = Math.max(instant(number(fields.quoteMs)) ?? 0, instant(number(fields.tradeMs)) ?? 0)
  const sized = (field: string) => {
    const size = positive(number(field))
    return size === null ? null : size * fields.lot
  }
  const delayed = row.delayed === true
  return {
    ...ref,
    ts: event || microsFromMillis(sentMs),
    tsOrigin: event ? 'vendor' : 'response',
    last: last ?? null,
    bid: bid ?? null,
    ask: ask ?? null,
    bidSize: bid == null ? null : sized(fields.bidSize),
    askSize: ask == null ? null : sized(fields.askSize),
    volume: ref.assetClass === 'equity' ? number(fields.volume) : null,
    feed: delayed ? 'delayed' : feedOf(ref.assetClass),
    delayedMinutes: delayed ? DELAYED_MINUTES : 0,
    currency: currencyOf(ref),
  }
}

/** An index is written with a dollar sign; its kind comes with the first row only. */
const refOf = (row: StreamRow): SymbolRef | string =>
  refFromSymbol(row.key, row.assetMainType ?? (row.key.startsWith('$') ? 'INDEX' : 'EQUITY'))

/** A whole minute: field 1 numbers it, 2 to 6 are prices and volume, 7 its start. (The vendor's document counts else.) */
export function normalizeMinute(row: StreamRow): Bar | string {
  const ref = refOf(row)
  if (typeof ref === 'string') return ref
  const [open, high, low, close, volume, startMs] = ['2', '3', '4', '5', '6', '7'].map((field) => row[field])
  const prices = { open, high, low, close, volume: volume ?? null } as Ohlcv
  const fault = ohlcvFault(prices)
  if (fault) return fault
  if (typeof startMs !== 'number') return 'no start'
  const ts: Micros = microsFromMillis(startMs)
  if (ts % MINUTE_US !== 0) return 'starts off the 1m grid'
  return {
    ...ref,
    ...prices,
    timeframe: '1m',
    ts,
    sessionDate: sessionDateOf(venueOf(ref.assetClass), ts),
    basis: basisOf(ref),
    feed: feedOf(ref.assetClass),
    final: true,
  }
}
