// Polygon's option contracts: rows of a chain, and of the list of contracts.
import type { Micros, OptionQuote, SymbolRef } from '@onetape/market'
import { DELAYED_MINUTES, feedOf } from './feed.ts'
import { instantOf, positive } from './normalize.ts'
import type { ContractRow, ListedContractRow } from './payload-mixed.ts'
import { currencyOf, refFromTicker } from './symbols.ts'

export interface ContractContext {
  underlying: SymbolRef
  delayed: boolean
  fetchedAt: Micros
}

export function normalizeContract(row: ContractRow, context: ContractContext): OptionQuote | string {
  const { details, greeks, last_quote: quoted } = row
  const ref = refFromTicker(details.ticker)
  if (ref?.assetClass !== 'option') return `ticker ${details.ticker} is no option symbol`
  const right = details.contract_type
  if (right !== 'call' && right !== 'put') return `is a ${right}, neither call nor put`
  const last = lastOf(row)
  const bid = positive(quoted?.bid)
  const ask = positive(quoted?.ask)
  const times = [last?.ts, instantOf(quoted?.last_updated)].filter((ts) => ts != null)
  const ts = times.length > 0 ? Math.max(...times) : null
  const delayed = context.delayed || [quoted?.timeframe, row.last_trade?.timeframe].includes('DELAYED')
  return {
    ...ref,
    underlying: context.underlying,
    expiry: details.expiration_date,
    right,
    strike: details.strike_price,
    contractSize: details.shares_per_contract ?? 100,
    last: last?.price ?? null,
    bid,
    ask,
    bidSize: bid === null ? null : positive(quoted?.bid_size),
    askSize: ask === null ? null : positive(quoted?.ask_size),
    volume: row.day?.volume ?? null,
    openInterest: row.open_interest ?? null,
    // Zero means that the vendor could not solve for it.
    impliedVolatility: positive(row.implied_volatility),
    delta: greeks?.delta ?? null,
    gamma: greeks?.gamma ?? null,
    theta: greeks?.theta ?? null,
    vega: greeks?.vega ?? null,
    ts: ts ?? context.fetchedAt,
    tsOrigin: ts === null ? 'response' : 'vendor',
    feed: feedOf('option', delayed),
    delayedMinutes: delayed ? DELAYED_MINUTES : 0,
    currency: currencyOf(ref),
  }
}

/** The last trade; plans without it still have the close of the day so far. */
function lastOf(row: ContractRow): { price: number; ts: Micros | null } | null {
  const traded = positive(row.last_trade?.price)
  if (traded !== null) return { price: traded, ts: instantOf(row.last_trade?.sip_timestamp) }
  const close = positive(row.day?.close)
  return close === null ? null : { price: close, ts: instantOf(row.day?.last_updated) }
}

/** The underlying's own price, which every row of a chain repeats; null where the plan does not include it. */
export const underlyingPrice = (row: ContractRow): number | null =>
  positive(row.underlying_asset?.price) ?? positive(row.underlying_asset?.value)

export interface ListedContract extends SymbolRef {
  expiry: string
}

export function normalizeListedContract(row: ListedContractRow): ListedContract | string {
  const ref = refFromTicker(row.ticker)
  if (ref?.assetClass !== 'option') return `ticker ${row.ticker} is no option symbol`
  return { ...ref, expiry: row.expiration_date }
}
