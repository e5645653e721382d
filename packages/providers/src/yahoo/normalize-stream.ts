// Yahoo's PricingData as quotes. Pure.
import { microsFromMillis, type Quote, type SymbolRef } from '@onetape/market'
import { feedOf, streamDelay } from './feed.ts'
import { shortestFloat } from './float.ts'
import { inCurrency, unitOf } from './minor-units.ts'
import type { PricingData } from './pricing-data.ts'
import { refFromYahoo } from './symbols.ts'

/** The vendor's numbers for the kinds of instrument that have a name here. */
const QUOTE_TYPES: Readonly<Record<number, string>> = {
  8: 'EQUITY',
  9: 'INDEX',
  11: 'MUTUALFUND',
  13: 'OPTION',
  14: 'CURRENCY',
  20: 'ETF',
  41: 'CRYPTOCURRENCY',
}
/** A frame of this kind is a sign of life. */
export const HEARTBEAT = 7

/** @param asked Vendor symbols with the house's names they were asked by, which win. */
export function normalizePricing(data: PricingData, asked: ReadonlyMap<string, SymbolRef>): Quote | string {
  const ref = asked.get(data.id) ?? refFromYahoo(data.id, QUOTE_TYPES[data.quoteType ?? 0] ?? '')
  if (!ref) return `quote type ${data.quoteType ?? 0} has no asset class here`
  if (!data.price || !(data.price > 0)) return 'no price'
  if (!data.time || data.time <= 0) return 'no time'
  const delayedMinutes = streamDelay(data.exchange ?? '')
  const said = data.currency || currencyOf(ref, delayedMinutes)
  if (!said) return 'no currency'
  const unit = unitOf(said)
  const priced = (value: number | undefined) =>
    value && value > 0 ? inCurrency(shortestFloat(value), unit) : null
  return {
    ...ref,
    ts: microsFromMillis(data.time),
    tsOrigin: 'vendor',
    last: priced(data.price),
    bid: priced(data.bid),
    ask: priced(data.ask),
    // Lots or shares, as in the quotes: nowhere said.
    bidSize: null,
    askSize: null,
    // Crypto counts dollars of a sliding day; only shares are counted in units.
    volume: ref.assetClass === 'equity' && data.dayVolume ? data.dayVolume : null,
    feed: feedOf(delayedMinutes),
    delayedMinutes,
    currency: unit.currency,
  }
}

/** Frames of US shares leave the currency out; elsewhere nobody can tell pence from pounds without it. */
function currencyOf(ref: SymbolRef, delayedMinutes: number): string | null {
  if (ref.assetClass === 'crypto' || ref.assetClass === 'fx') return ref.symbol.split('-')[1] ?? null
  return delayedMinutes === 0 ? 'USD' : null
}
