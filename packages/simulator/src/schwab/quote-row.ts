// Rows of /quotes: blocks that can be asked for one by one. Sizes of shares are in lots of 100 here, in shares on the
// stream.
import { addDays, type Micros } from '@onetape/market'
import { dividendsOf, payDateOf } from '../market/actions.ts'
import { fundamentalsOf, ratiosOf, yearRange } from '../market/fundamentals.ts'
import { hexText, mix } from '../market/hash.ts'
import type { Market } from '../market/market.ts'
import { dateInNewYork, midnightInNewYork } from '../new-york.ts'
import { type Asset, exchangeOf, priced, subTypeOf } from './assets.ts'
import { type Facts, factsOf } from './facts.ts'

export const BLOCKS = ['quote', 'fundamental', 'extended', 'reference', 'regular'] as const
export type Block = (typeof BLOCKS)[number]

export interface QuoteAsk {
  market: Market
  now: Micros
  blocks: ReadonlySet<Block>
  delayed: boolean
}

/** Null for what has not traded yet. */
export function quoteRow(asset: Asset, ask: QuoteAsk): Record<string, unknown> | null {
  const facts = factsOf(ask.market, asset.listing, ask.now)
  if (!facts) return null
  const { blocks } = ask
  const shares = asset.kind === 'EQUITY'
  return {
    assetMainType: asset.kind,
    ...(shares ? { assetSubType: subTypeOf(asset), quoteType: 'NBBO' } : {}),
    realtime: !ask.delayed,
    ssid: mix(asset.listing.key, 0x55),
    symbol: asset.symbol,
    ...(blocks.has('fundamental') && shares ? { fundamental: fundamentalBlock(asset, ask) } : {}),
    ...(blocks.has('extended') && shares ? { extended: extendedBlock(asset, facts) } : {}),
    ...(blocks.has('quote') ? { quote: quoteBlock(asset, facts, ask) } : {}),
    ...(blocks.has('reference') ? { reference: referenceBlock(asset) } : {}),
    ...(blocks.has('regular') && shares ? { regular: regularBlock(asset, facts) } : {}),
  }
}

function quoteBlock(asset: Asset, f: Facts, { market, now }: QuoteAsk): Record<string, unknown> {
  const p = (price: number) => priced(asset, price)
  const { high52, low52 } = yearRange(market, asset.listing, now)
  const change = changeOf(p(f.last.price), p(f.previousClose))
  const shares = {
    askMICId: 'ARCX',
    askPrice: p(f.quote.ask),
    askSize: f.quote.askSize,
    askTime: ms(f.quote.ts),
    bidMICId: 'ARCX',
    bidPrice: p(f.quote.bid),
    bidSize: f.quote.bidSize,
    bidTime: ms(f.quote.ts),
    lastMICId: 'XADF',
    lastSize: f.last.size,
    mark: p(f.last.price),
    markChange: change.net,
    markPercentChange: change.percent,
    ...(f.last.ts > f.regular.ts ? { postMarketChange: p(f.last.price - f.regular.price) } : {}),
    quoteTime: ms(f.quote.ts),
  }
  return {
    '52WeekHigh': p(high52),
    '52WeekLow': p(low52),
    ...(asset.kind === 'EQUITY' ? shares : {}),
    closePrice: p(f.previousClose),
    highPrice: p(f.day.high),
    lastPrice: p(f.last.price),
    lowPrice: p(f.day.low),
    netChange: change.net,
    netPercentChange: change.percent,
    openPrice: p(f.day.open),
    securityStatus: asset.kind === 'EQUITY' ? 'Normal' : 'Unknown',
    totalVolume: asset.kind === 'EQUITY' ? f.volume : 0,
    tradeTime: ms(f.last.ts),
  }
}

function extendedBlock(asset: Asset, f: Facts) {
  const outside = f.last.ts > f.regular.ts
  const p = (price: number) => (outside ? priced(asset, price) : 0)
  return {
    askPrice: p(f.quote.ask),
    askSize: outside ? f.quote.askSize : 0,
    bidPrice: p(f.quote.bid),
    bidSize: outside ? f.quote.bidSize : 0,
    lastPrice: p(f.last.price),
    lastSize: outside ? f.last.size : 0,
    mark: p(f.last.price),
    quoteTime: outside ? ms(f.quote.ts) : 0,
    totalVolume: 0,
    tradeTime: outside ? ms(f.last.ts) : 0,
  }
}

function regularBlock(asset: Asset, f: Facts) {
  const change = changeOf(priced(asset, f.regular.price), priced(asset, f.previousClose))
  return {
    regularMarketLastPrice: priced(asset, f.regular.price),
    regularMarketLastSize: f.regular.size,
    regularMarketNetChange: change.net,
    regularMarketPercentChange: change.percent,
    regularMarketTradeTime: ms(f.regular.ts),
  }
}

function referenceBlock(asset: Asset) {
  const { letter, name } = exchangeOf(asset)
  const description = { description: asset.description, exchange: letter, exchangeName: name }
  if (asset.kind === 'INDEX') return description
  return { cusip: cusipOf(asset), ...description, isHardToBorrow: false, isShortable: true, htbRate: 0 }
}

export const cusipOf = ({ symbol }: Asset): string => hexText(`cusip ${symbol}`, 9).toUpperCase()

function fundamentalBlock({ listing }: Asset, { market, now }: QuoteAsk): Record<string, unknown> {
  const date = dateInNewYork(now)
  const figures = fundamentalsOf(listing, date)
  const ratios = figures && ratiosOf(market, listing, { figures, date, now })
  const past = dividendsOf(listing, addDays(date, -400), date).at(-1)
  const next = dividendsOf(listing, addDays(date, 1), addDays(date, 120))[0]
  const price = market.lastTrade(listing, now)?.price ?? 0
  const yearly = (past?.amount ?? 0) * 4
  return {
    avg10DaysVolume: listing.volume,
    avg1YearVolume: listing.volume,
    divAmount: round(yearly),
    ...(past
      ? { divExDate: dayTime(past.date), divPayAmount: past.amount, divPayDate: dayTime(payDateOf(past)) }
      : {}),
    divFreq: past ? 4 : 0,
    divYield: price > 0 ? round((yearly / price) * 100) : 0,
    eps: ratios?.trailing?.epsDiluted ?? 0,
    fundLeverageFactor: 0,
    ...(figures ? { lastEarningsDate: dayTime(figures.quarters[0]!.filedDate) } : {}),
    ...(next ? { nextDivExDate: dayTime(next.date), nextDivPayDate: dayTime(payDateOf(next)) } : {}),
    peRatio: ratios?.peRatio ?? 0,
  }
}

/** What the vendor writes where its model found nothing. */
export const NOTHING = -999

export function changeOf(price: number, before: number): { net: number; percent: number } {
  return { net: round(price - before), percent: before > 0 ? round((price / before - 1) * 100) : 0 }
}

export const ms = (ts: Micros): number => Math.floor(ts / 1000)
export const round = (value: number): number => Number(value.toFixed(6))
const dayTime = (date: string): string =>
  `${new Date(ms(midnightInNewYork(date))).toISOString().slice(0, 19)}Z`
