// An option contract on the wire, a row of /v3/snapshot/options, as text for its nanoseconds.
import type { Micros } from '@onetape/market'
import type { Listing } from '../market/listing.ts'
import type { Market } from '../market/market.ts'
import { type OptionContract, optionContract } from '../market/options.ts'
import { type Plan, saysDelayed, seenAt } from './plan.ts'
import { rounded } from './round.ts'
import { nanosText } from './snapshot-row.ts'

/** `O:AAPL261218C00230000` */
export function optionTicker({ underlying, expiry, right, strike }: OptionContract): string {
  const date = expiry.date.slice(2).replaceAll('-', '')
  const thousandths = String(Math.round(strike * 1000)).padStart(8, '0')
  return `O:${underlying.symbol.replace('.', '')}${date}${right === 'call' ? 'C' : 'P'}${thousandths}`
}

export function contractOf(
  market: Market,
  ticker: string,
  { plan, now }: { plan: Plan; now: Micros },
): OptionContract | null {
  const parts = /^O:([A-Z]+)(\d{2})(\d{2})(\d{2})([CP])(\d{8})$/.exec(ticker)
  const listing = parts && underlyingOf(market, parts[1]!)
  if (!listing) return null
  return optionContract(market, listing, {
    expiry: `20${parts[2]}-${parts[3]}-${parts[4]}`,
    right: parts[5] === 'C' ? 'call' : 'put',
    strike: Number(parts[6]) / 1000,
    now: seenAt(plan, listing, now),
  })
}

/** Roots are written without a dot: `BRKB`. */
const underlyingOf = (market: Market, root: string): Listing | null =>
  market.find(root) ?? market.find(root.replace(/(.)$/, '.$1'))

export function contractRow(contract: OptionContract, plan: Plan): string {
  const { underlying, expiry, right, strike, last } = contract
  const word = saysDelayed(plan, 'equity') ? 'DELAYED' : 'REAL-TIME'
  const middle = (contract.bid + contract.ask) / 2
  const breakEven = right === 'call' ? strike + middle : strike - middle
  const details = {
    contract_type: right,
    exercise_style: 'american',
    expiration_date: expiry.date,
    shares_per_contract: 100,
    strike_price: strike,
    ticker: optionTicker(contract),
  }
  const salt = Math.round(strike * 1000)
  const greeks = contract.greeks
    ? {
        delta: contract.greeks.delta,
        gamma: contract.greeks.gamma,
        theta: contract.greeks.theta,
        vega: contract.greeks.vega,
      }
    : {}
  const trade =
    last && plan.lastTrade
      ? `"last_trade":{"sip_timestamp":${nanosText(last.ts, salt)},"conditions":[209],"price":${last.price},"size":${last.size},"exchange":309,"timeframe":"${word}"},`
      : ''
  const quote = plan.lastQuote
    ? `"last_quote":{"ask":${contract.ask},"ask_size":${contract.askSize},"bid":${contract.bid},"bid_size":${contract.bidSize},"last_updated":${nanosText(contract.quoteTs, salt + 1)},"midpoint":${rounded(middle)},"timeframe":"${word}"},`
    : ''
  return (
    `{"break_even_price":${rounded(breakEven)},${dayText(contract)}"details":${JSON.stringify(details)},"greeks":${JSON.stringify(greeks)},` +
    (contract.impliedVolatility === null ? '' : `"implied_volatility":${contract.impliedVolatility},`) +
    `${quote}${trade}"open_interest":${contract.openInterest},` +
    `"underlying_asset":{"change_to_break_even":${rounded(breakEven - contract.underlyingPrice)},"last_updated":${nanosText(contract.quoteTs, salt + 2)},` +
    `"price":${contract.underlyingPrice},"ticker":"${underlying.symbol}","timeframe":"${word}"}}`
  )
}

/** Empty on a day without a trade. */
function dayText({ last, volume, open, high, low, previousClose }: OptionContract): string {
  if (volume === 0 || !last) return '"day":{},'
  const change = rounded(last.price - previousClose)
  const percent = previousClose > 0 ? rounded((change / previousClose) * 100) : 0
  return (
    `"day":{"change":${change},"change_percent":${percent},"close":${last.price},"high":${high},"last_updated":${nanosText(last.ts, volume)},` +
    `"low":${low},"open":${open},"previous_close":${previousClose},"volume":${volume},"vwap":${rounded((open + high + low + last.price) / 4)}},`
  )
}
