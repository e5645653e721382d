/**
 * The quality gate: a snapshot goes in, a clean one or a finding comes out. Pure, and row by row, so that one bad
 * row never takes its batch with it. A fault in a part (a side, the day, the minute) removes that part; a fault in
 * the price or its time refuses the row. Nothing refused here reaches the latest prices.
 */
import type { HeldPrice } from '@onetape/db'
import {
  type AssetClass,
  type Micros,
  type Ohlcv,
  ohlcvFault,
  type Quote,
  type Snapshot,
} from '@onetape/market'
import type { GateThresholds } from './gate-thresholds.ts'
import { volumeOf } from './volume-of.ts'

export type FindingKind =
  | 'no_price'
  | 'bad_price'
  | 'wrong_symbol'
  | 'wrong_currency'
  | 'future'
  | 'ancient'
  | 'stale_repeat'
  | 'unit_jump'
  | 'jump'
  | 'inverted'
  | 'bad_side'
  | 'bad_volume'
  | 'bad_day'
  | 'bad_bar'

export interface GateFinding {
  kind: FindingKind
  /** True when the whole row was refused. */
  refused: boolean
  evidence: Record<string, unknown>
}

/** What the tape holds of the instrument, to judge against. */
export type Held = HeldPrice

export interface GateInput {
  snapshot: Snapshot
  source: string
  currency: string
  held: Held | null
  marketNow: Micros
  thresholds: GateThresholds
}

export interface GateResult {
  /** The cleaned row, its `quote.last` a real price; null when refused. */
  row: Snapshot | null
  findings: GateFinding[]
}

export function gate(input: GateInput): GateResult {
  const refusal = priceFault(input) ?? timeFault(input) ?? jumpFault(input)
  if (refusal) return { row: null, findings: [{ ...refusal, refused: true }] }
  const findings: GateFinding[] = []
  const note: Note = (kind, evidence) => findings.push({ kind, refused: false, evidence })
  const { snapshot } = input
  const quote = cleanQuote(snapshot.quote, note)
  const day = withKnownVolume(quote.assetClass, cleanDay(snapshot.day, note))
  const minuteBar = withKnownVolume(quote.assetClass, cleanBar(input, note))
  // Nearly every row is clean as it came, and there are eight thousand.
  const isClean = quote === snapshot.quote && day === snapshot.day && minuteBar === snapshot.minuteBar
  return { row: isClean ? snapshot : { ...snapshot, quote, day, minuteBar }, findings }
}

function withKnownVolume<T extends Ohlcv>(assetClass: AssetClass, bar: T | null): T | null {
  if (bar === null) return null
  const volume = volumeOf(assetClass, bar.volume)
  return volume === bar.volume ? bar : { ...bar, volume }
}

type Fault = Pick<GateFinding, 'kind' | 'evidence'>
type Note = (kind: FindingKind, evidence: Record<string, unknown>) => unknown

function priceFault({ snapshot: { quote }, currency }: GateInput): Fault | null {
  const { last } = quote
  if (last === null) return { kind: 'no_price', evidence: {} }
  if (!Number.isFinite(last) || last <= 0) return { kind: 'bad_price', evidence: { last: String(last) } }
  if (quote.currency !== currency) {
    return { kind: 'wrong_currency', evidence: { last, expected: currency, got: quote.currency } }
  }
  return null
}

function timeFault({ snapshot, held, source, marketNow, thresholds }: GateInput): Fault | null {
  const { ts, last } = snapshot.quote
  if (!Number.isSafeInteger(ts)) return { kind: 'ancient', evidence: { ts: String(ts), last } }
  if (ts > marketNow + thresholds.futureMaxUs) return { kind: 'future', evidence: { ts, marketNow, last } }
  if (ts < marketNow - thresholds.ageMaxUs) return { kind: 'ancient', evidence: { ts, marketNow, last } }
  // The vendor serves an event that it had already moved past: an old cache, not news.
  if (held && held.source === source && ts < held.ts - thresholds.fallBackMaxUs) {
    return { kind: 'stale_repeat', evidence: { ts, last, heldTs: held.ts, heldLast: held.last } }
  }
  return null
}

function jumpFault(input: GateInput): Fault | null {
  const { snapshot, thresholds } = input
  const last = snapshot.quote.last!
  const yardstick = yardstickOf(input)
  if (yardstick === null) return null
  const ratio = last / yardstick
  const isUnit = isUnitJump(ratio, thresholds.unitJumpWithin)
  if (!isUnit && (Math.abs(ratio - 1) <= thresholds.jumpMax || isConfirmed(input, yardstick))) return null
  const evidence = { last, yardstick, ratio: Number(ratio.toPrecision(6)) }
  if (isUnit) return { kind: 'unit_jump', evidence }
  const { day, previousClose } = snapshot
  return { kind: 'jump', evidence: { ...evidence, day, previousClose } }
}

/** What the price is measured against: the one we hold while it is fresh enough, else the vendor's own last close. */
function yardstickOf({ snapshot, held, marketNow, thresholds }: GateInput): number | null {
  if (held && marketNow - held.ts <= thresholds.yardstickMaxUs) return held.last
  return snapshot.previousClose !== null && snapshot.previousClose > 0 ? snapshot.previousClose : null
}

const isUnitJump = (ratio: number, within: number): boolean =>
  Math.abs(ratio / 100 - 1) <= within || Math.abs(ratio * 100 - 1) <= within

/**
 * A large move is believed when the vendor's own session tells the way there: its day range holds the old price and
 * the new one; or it closed near the old price yesterday and trades in a day range around the new one today; or a
 * whole minute traded around the new price.
 */
function isConfirmed({ snapshot, thresholds }: GateInput, yardstick: number): boolean {
  const { day, minuteBar, previousClose, quote } = snapshot
  const last = quote.last!
  const near = (a: number, b: number) => Math.abs(a / b - 1) <= thresholds.agreeWithin
  if (day && ohlcvFault(day) === null && holds(day, last)) {
    if (holds(day, yardstick)) return true
    // An overnight gap opens where it trades; a misprint within the day has its open elsewhere.
    const opened = Math.abs(day.open / last - 1) <= thresholds.jumpMax
    if (opened && previousClose !== null && near(previousClose, yardstick)) return true
  }
  if (!minuteBar || ohlcvFault(minuteBar) !== null || !holds(minuteBar, last)) return false
  return (minuteBar.volume ?? 0) > 0 && near(minuteBar.open, last)
}

const holds = (range: Ohlcv, price: number): boolean => price >= range.low && price <= range.high

function cleanQuote(quote: Quote, note: Note): Quote {
  let bid = cleanSide('bid', quote.bid, note)
  let ask = cleanSide('ask', quote.ask, note)
  if (bid !== null && ask !== null && bid > ask) {
    note('inverted', { bid, ask, last: quote.last })
    bid = null
    ask = null
  }
  const bidSize = cleanSize(quote.bidSize, bid)
  const askSize = cleanSize(quote.askSize, ask)
  let volume = volumeOf(quote.assetClass, quote.volume)
  if (volume !== null && !(Number.isFinite(volume) && volume >= 0)) {
    note('bad_volume', { volume: String(volume) })
    volume = null
  }
  const isClean =
    bid === quote.bid &&
    ask === quote.ask &&
    bidSize === quote.bidSize &&
    askSize === quote.askSize &&
    volume === quote.volume
  return isClean ? quote : { ...quote, bid, ask, bidSize, askSize, volume }
}

function cleanSide(name: 'bid' | 'ask', price: number | null, note: Note): number | null {
  if (price === null || (Number.isFinite(price) && price > 0)) return price
  note('bad_side', { side: name, price: String(price) })
  return null
}

const cleanSize = (size: number | null, price: number | null): number | null =>
  price !== null && size !== null && Number.isFinite(size) && size >= 0 ? size : null

function cleanDay(day: Ohlcv | null, note: Note): Ohlcv | null {
  const fault = day && ohlcvFault(day)
  if (!fault) return day
  note('bad_day', { fault, day })
  return null
}

/** The minute must be a bar, of a time that has come, and at a price that the accepted one does not contradict. */
function cleanBar({ snapshot, marketNow, thresholds }: GateInput, note: Note): Snapshot['minuteBar'] {
  const { minuteBar: bar, quote } = snapshot
  if (!bar) return null
  const fault =
    ohlcvFault(bar) ??
    (bar.ts > marketNow + thresholds.futureMaxUs ? 'lies in the future' : null) ??
    (Math.abs(bar.close / quote.last! - 1) > thresholds.jumpMax ? `close is far from ${quote.last}` : null)
  if (!fault) return bar
  const { open, high, low, close, volume, ts } = bar
  note('bad_bar', { fault, ts, open, high, low, close, volume })
  return null
}
