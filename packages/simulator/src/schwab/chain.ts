// /chains and /expirationchain: contracts in maps by expiry and strike.
import { DAY_US, type Micros } from '@onetape/market'
import type { Market } from '../market/market.ts'
import { type Expiry, INTEREST_RATE, type OptionContract, yearlyVolatility } from '../market/options.ts'
import { dateInNewYork, midnightInNewYork } from '../new-york.ts'
import { type Asset, priced, subTypeOf } from './assets.ts'
import { chainAt, contractSymbol, expiriesAt } from './contracts.ts'
import { changeOf, ms, NOTHING, round } from './quote-row.ts'

/** Contracts that the gateway can still carry in one answer. */
export const CONTRACTS_MAX = 3_000

export interface ChainQuery {
  contractType: 'ALL' | 'CALL' | 'PUT'
  /** Strikes closest to the price; all when null. */
  strikeCount: number | null
  strike: number | null
  range: string
  fromDate: string
  toDate: string
}

export interface ChainAsk {
  market: Market
  asset: Asset
  now: Micros
  query: ChainQuery
}

export function contractsOf({ market, asset, now, query }: ChainAsk): OptionContract[] {
  return expiriesAt(asset, now)
    .filter(({ date }) => date >= query.fromDate && date <= query.toDate)
    .flatMap((expiry) => nearest(chainAt(market, asset, { expiry, now }), query.strikeCount))
    .filter((c) => query.contractType === 'ALL' || c.right === query.contractType.toLowerCase())
    .filter((c) => query.strike === null || c.strike === query.strike)
    .filter(
      (c) => query.range === 'ALL' || !RANGES.has(query.range) || (query.range === 'ITM') === isInMoney(c),
    )
}

const RANGES = new Set(['ITM', 'OTM'])

const isInMoney = (c: OptionContract): boolean =>
  c.right === 'call' ? c.strike < c.underlyingPrice : c.strike > c.underlyingPrice

function nearest(contracts: OptionContract[], strikeCount: number | null): OptionContract[] {
  if (strikeCount === null) return contracts
  const away = (strike: number) => Math.abs(strike - (contracts[0]?.underlyingPrice ?? 0))
  const strikes = [...new Set(contracts.map((c) => c.strike))].sort((a, b) => away(a) - away(b))
  const kept = new Set(strikes.slice(0, strikeCount))
  return contracts.filter((c) => kept.has(c.strike))
}

export function chainBody(ask: ChainAsk, contracts: readonly OptionContract[], delayed: boolean) {
  const { asset, market, now } = ask
  const last = market.lastTrade(asset.listing, now)
  const today = dateInNewYork(now)
  return {
    symbol: asset.symbol,
    // An underlying without contracts fails inside a 200.
    status: contracts.length > 0 ? 'SUCCESS' : 'FAILED',
    strategy: 'SINGLE',
    interval: 0,
    isDelayed: delayed,
    isIndex: asset.kind === 'INDEX',
    interestRate: INTEREST_RATE * 100,
    underlyingPrice: contracts[0]?.underlyingPrice ?? (last ? priced(asset, last.price) : 0),
    volatility: round(yearlyVolatility(asset.listing) * 100),
    daysToExpiration: 0,
    numberOfContracts: contracts.length,
    assetMainType: asset.kind,
    assetSubType: asset.kind === 'EQUITY' ? subTypeOf(asset) : '',
    isChainTruncated: false,
    callExpDateMap: expiryMap(contracts, { right: 'call', today }),
    putExpDateMap: expiryMap(contracts, { right: 'put', today }),
  }
}

function expiryMap(
  contracts: readonly OptionContract[],
  { right, today }: { right: OptionContract['right']; today: string },
): Record<string, Record<string, unknown[]>> {
  const map: Record<string, Record<string, unknown[]>> = {}
  for (const c of contracts) {
    if (c.right !== right) continue
    const key = `${c.expiry.date}:${daysTo(c.expiry.date, today)}`
    map[key] ??= {}
    const strike = Number.isInteger(c.strike) ? `${c.strike}.0` : String(c.strike)
    map[key][strike] = [contractRow(c, today)]
  }
  return map
}

function contractRow(c: OptionContract, today: string): Record<string, unknown> {
  const mark = round((c.bid + c.ask) / 2)
  const intrinsic = Math.max(
    0,
    c.right === 'call' ? c.underlyingPrice - c.strike : c.strike - c.underlyingPrice,
  )
  const change = c.last ? changeOf(c.last.price, c.previousClose) : { net: 0, percent: 0 }
  const markChange = changeOf(mark, c.previousClose)
  const [, month, day] = c.expiry.date.split('-')
  const letter = c.right === 'call' ? 'C' : 'P'
  return {
    putCall: c.right.toUpperCase(),
    symbol: contractSymbol(c),
    description: `${c.underlying.symbol} ${month}/${day}/${c.expiry.date.slice(0, 4)} ${c.strike.toFixed(2)} ${letter}`,
    exchangeName: 'OPR',
    bid: c.bid,
    ask: c.ask,
    last: c.last?.price ?? 0,
    mark,
    bidSize: c.bidSize,
    askSize: c.askSize,
    bidAskSize: `${c.bidSize}X${c.askSize}`,
    lastSize: c.last?.size ?? 0,
    highPrice: c.high,
    lowPrice: c.low,
    openPrice: c.open,
    closePrice: c.previousClose,
    totalVolume: c.volume,
    tradeTimeInLong: c.last ? ms(c.last.ts) : 0,
    quoteTimeInLong: ms(c.quoteTs),
    netChange: change.net,
    // Percent; without a guide to it the vendor's model writes -999 or NaN as text.
    volatility: c.impliedVolatility === null ? NOTHING : round(c.impliedVolatility * 100),
    delta: c.greeks ? round(c.greeks.delta) : 'NaN',
    gamma: c.greeks ? round(c.greeks.gamma) : 'NaN',
    theta: c.greeks ? round(c.greeks.theta) : 'NaN',
    vega: c.greeks ? round(c.greeks.vega) : 'NaN',
    rho: c.greeks ? round(c.greeks.rho) : 'NaN',
    openInterest: c.openInterest,
    timeValue: round((c.last?.price ?? mark) - intrinsic),
    theoreticalOptionValue: c.theoretical,
    theoreticalVolatility: round(yearlyVolatility(c.underlying) * 100),
    optionDeliverablesList: [{ symbol: c.underlying.symbol, assetType: 'STOCK', deliverableUnits: 100 }],
    strikePrice: c.strike,
    expirationDate: new Date(ms(c.expiresAt)).toISOString().replace('Z', '+00:00'),
    daysToExpiration: daysTo(c.expiry.date, today),
    expirationType: typeOf(c.expiry),
    lastTradingDay: ms(midnightInNewYork(c.expiry.date)) + DAY_US / 1000,
    multiplier: 100,
    settlementType: 'P',
    deliverableNote: `100 ${c.underlying.symbol}`,
    percentChange: change.percent,
    markChange: markChange.net,
    markPercentChange: markChange.percent,
    intrinsicValue: round(intrinsic),
    optionRoot: c.underlying.symbol.replace('.', ''),
    exerciseType: 'A',
    nonStandard: false,
    pennyPilot: true,
    inTheMoney: isInMoney(c),
    mini: false,
  }
}

export const expirationList = (asset: Asset, now: Micros) =>
  expiriesAt(asset, now).map((expiry) => ({
    expirationDate: expiry.date,
    daysToExpiration: daysTo(expiry.date, dateInNewYork(now)),
    expirationType: typeOf(expiry),
    settlementType: 'P',
    optionRoots: asset.symbol.replace(/[$/]/g, ''),
    standard: true,
  }))

/** S for the standard third Friday, W for the others. */
const typeOf = ({ kind }: Expiry): string => (kind === 'monthly' ? 'S' : 'W')
const daysTo = (date: string, today: string): number => (Date.parse(date) - Date.parse(today)) / 86_400_000
