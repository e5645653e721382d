// Schwab's option contracts and company figures as market nouns. Pure.
import type { Fundamentals, Micros, OptionQuote, SymbolRef } from '@onetape/market'
import { optionFromOcc } from '../occ-symbol.ts'
import { DELAYED_MINUTES } from './capabilities.ts'
import { feedOf, instant, positive } from './normalize.ts'
import type { ContractRow, InstrumentRow } from './payload-chain.ts'

export interface ContractContext {
  underlying: SymbolRef
  /** `YYYY-MM-DD` */
  expiry: string
  delayed: boolean
  answeredAt: Micros
}

export function normalizeContract(row: ContractRow, c: ContractContext): OptionQuote | string {
  const right = row.putCall === 'CALL' ? 'call' : 'put'
  // The root tells an adjusted contract (`AAPL1`) from the plain one; the predecessor's symbols had none to read.
  const symbol =
    optionFromOcc(row.symbol) ??
    `${c.underlying.symbol}:${c.expiry}:${right === 'call' ? 'C' : 'P'}:${row.strikePrice}`
  const event = Math.max(instant(row.quoteTimeInLong) ?? 0, instant(row.tradeTimeInLong) ?? 0)
  const volatility = positive(row.volatility)
  const [bid, ask] = [positive(row.bid), positive(row.ask)]
  return {
    assetClass: 'option',
    symbol,
    underlying: c.underlying,
    expiry: c.expiry,
    right,
    strike: row.strikePrice,
    contractSize: positive(row.multiplier) ?? 100,
    last: positive(row.last),
    bid,
    ask,
    bidSize: bid === null ? null : positive(row.bidSize),
    askSize: ask === null ? null : positive(row.askSize),
    volume: row.totalVolume,
    openInterest: row.openInterest,
    impliedVolatility: volatility === null ? null : fraction(volatility),
    // Without a volatility the model did not run: zeros beside it are no greeks.
    ...(volatility === null
      ? { delta: null, gamma: null, theta: null, vega: null }
      : { delta: row.delta, gamma: row.gamma, theta: row.theta, vega: row.vega }),
    ts: event || c.answeredAt,
    tsOrigin: event ? 'vendor' : 'response',
    feed: c.delayed ? 'delayed' : feedOf('option'),
    delayedMinutes: c.delayed ? DELAYED_MINUTES : 0,
    currency: 'USD',
  }
}

/** Percent to a fraction, without the tail that a division by 100 leaves. */
const fraction = (percent: number): number => Number((percent / 100).toPrecision(12))

export function normalizeInstrument(
  row: InstrumentRow,
  { ref, answeredAt }: { ref: SymbolRef; answeredAt: Micros },
): Fundamentals | string {
  const f = row.fundamental
  if (!f) return 'no figures in the row'
  const dividendYield = f.dividendYield === null ? null : fraction(f.dividendYield)
  const figures = {
    marketCap: positive(f.marketCap),
    sharesOutstanding: positive(f.sharesOutstanding),
    // A company that earns nothing has no ratio: the vendor writes 0.
    peRatio: f.peRatio || null,
    priceToBook: f.pbRatio || null,
    dividendPerShare: f.dividendAmount,
    dividendYield,
    beta: f.beta || null,
    week52High: positive(f.high52),
    week52Low: positive(f.low52),
  }
  const known = Object.entries(figures).filter((e): e is [string, number] => e[1] !== null)
  if (known.length === 0) return 'no figures in the row'
  return {
    ...ref,
    currency: 'USD',
    periods: [],
    current: Object.fromEntries(known),
    ts: answeredAt,
    tsOrigin: 'response',
    feed: 'schwab',
  }
}
