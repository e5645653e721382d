// Option contracts by Schwab's names. Those of an index are its fund's, grown with the price.
import type { Micros } from '@onetape/market'
import { indexOf } from '../market/indices.ts'
import type { Market } from '../market/market.ts'
import {
  type Expiry,
  expiriesOf,
  type OptionContract,
  optionChain,
  optionContract,
} from '../market/options.ts'
import { dateInNewYork } from '../new-york.ts'
import type { Asset } from './assets.ts'

export const expiriesAt = (asset: Asset, now: Micros): Expiry[] =>
  expiriesOf(asset.listing, dateInNewYork(now))

export const chainAt = (
  market: Market,
  asset: Asset,
  { expiry, now }: { expiry: Expiry; now: Micros },
): OptionContract[] => optionChain(market, asset.listing, expiry, now).map((c) => grown(c, asset))

/** The name without its dollar sign, as it stands in a contract's symbol. */
const rootOf = ({ symbol }: Pick<Asset, 'symbol'>): string => symbol.replace(/^\$|\//g, '')

function grown(c: OptionContract, asset: Pick<Asset, 'kind' | 'factor' | 'symbol'>): OptionContract {
  if (asset.kind === 'EQUITY') return c
  const by = (value: number) => Number((value * asset.factor).toFixed(4))
  return {
    ...c,
    underlying: { ...c.underlying, symbol: rootOf(asset) },
    strike: by(c.strike),
    underlyingPrice: by(c.underlyingPrice),
    bid: by(c.bid),
    ask: by(c.ask),
    last: c.last && { ...c.last, price: by(c.last.price) },
    open: by(c.open),
    high: by(c.high),
    low: by(c.low),
    previousClose: by(c.previousClose),
    theoretical: by(c.theoretical),
    greeks: c.greeks && {
      delta: c.greeks.delta,
      gamma: c.greeks.gamma / asset.factor,
      theta: c.greeks.theta * asset.factor,
      vega: c.greeks.vega * asset.factor,
      rho: c.greeks.rho * asset.factor,
    },
  }
}

const OCC = /^([A-Z]{1,6}) *(\d{2})(\d{2})(\d{2})([CP])(\d{8})$/

export function contractOf(market: Market, symbol: string, now: Micros): OptionContract | null {
  const [, root, year, month, day, letter, thousandths] = OCC.exec(symbol) ?? []
  if (!root) return null
  const index = indexOf(market, root)
  const listing = index?.fund ?? market.find(root) ?? market.find(root.replace(/([A-Z])$/, '.$1'))
  const factor = index?.factor ?? 1
  const contract =
    listing &&
    optionContract(market, listing, {
      expiry: `20${year}-${month}-${day}`,
      right: letter === 'C' ? 'call' : 'put',
      strike: Number((Number(thousandths) / 1000 / factor).toFixed(2)),
      now,
    })
  if (!contract) return null
  return index ? grown(contract, { kind: 'INDEX', factor, symbol: root }) : contract
}

/** `AAPL  240517P00190000` */
export const contractSymbol = ({ underlying, expiry, right, strike }: OptionContract): string =>
  underlying.symbol.replace('.', '').padEnd(6) +
  expiry.date.slice(2).replaceAll('-', '') +
  (right === 'call' ? 'C' : 'P') +
  String(Math.round(strike * 1000)).padStart(8, '0')
