// Rows of /quotes for option contracts.
import { mix } from '../market/hash.ts'
import type { OptionContract } from '../market/options.ts'
import { contractSymbol } from './contracts.ts'
import { changeOf, ms, NOTHING, round } from './quote-row.ts'

/** A contract, with the vendor's -999 where its model found nothing. Volatility in percent. */
export function contractQuoteRow(
  c: OptionContract,
  { delayed }: { delayed: boolean },
): Record<string, unknown> {
  const change = c.last ? changeOf(c.last.price, c.previousClose) : { net: 0, percent: 0 }
  const day = new Date(`${c.expiry.date}T00:00:00Z`)
  return {
    assetMainType: 'OPTION',
    realtime: !delayed,
    ssid: mix(c.underlying.key, Math.round(c.strike * 1000)),
    symbol: contractSymbol(c),
    quote: {
      askPrice: c.ask,
      askSize: c.askSize,
      bidPrice: c.bid,
      bidSize: c.bidSize,
      closePrice: c.previousClose,
      delta: c.greeks?.delta ?? NOTHING,
      gamma: c.greeks?.gamma ?? NOTHING,
      highPrice: c.high,
      lastPrice: c.last?.price ?? 0,
      lastSize: c.last?.size ?? 0,
      lowPrice: c.low,
      mark: round((c.bid + c.ask) / 2),
      netChange: change.net,
      netPercentChange: change.percent,
      openInterest: c.openInterest,
      openPrice: c.open,
      quoteTime: ms(c.quoteTs),
      rho: c.greeks?.rho ?? NOTHING,
      securityStatus: 'Normal',
      theoreticalOptionValue: c.theoretical,
      theta: c.greeks?.theta ?? NOTHING,
      totalVolume: c.volume,
      tradeTime: c.last ? ms(c.last.ts) : 0,
      underlyingPrice: c.underlyingPrice,
      vega: c.greeks?.vega ?? NOTHING,
      volatility: c.impliedVolatility === null ? NOTHING : round(c.impliedVolatility * 100),
    },
    reference: {
      contractType: c.right === 'call' ? 'C' : 'P',
      description: `${c.underlying.symbol} ${c.expiry.date} ${c.strike} ${c.right}`,
      exchange: 'o',
      exchangeName: 'OPR',
      exerciseType: 'A',
      expirationDay: day.getUTCDate(),
      expirationMonth: day.getUTCMonth() + 1,
      expirationYear: day.getUTCFullYear(),
      lastTradingDay: ms(c.expiresAt),
      multiplier: 100,
      settlementType: 'P',
      strikePrice: c.strike,
      underlying: c.underlying.symbol,
    },
  }
}
