// /marketdata/v1/instruments: search, and the figures of companies.
import type { Micros } from '@onetape/market'
import type { FastifyReply } from 'fastify'
import { dividendsOf, payDateOf } from '../market/actions.ts'
import { fundamentalsOf, ratiosOf } from '../market/fundamentals.ts'
import type { Listing } from '../market/listing.ts'
import { dateInNewYork } from '../new-york.ts'
import { queryText, sendJson, type VendorRequest } from '../simulation.ts'
import { refuse } from './answers.ts'
import { type Asset, assetOf, assetOfListing, exchangeOf } from './assets.ts'
import type { DataRoute } from './market-routes.ts'
import { cusipOf, round } from './quote-row.ts'

const BASE = '/marketdata/v1'
const FOUND_MAX = 50

export function instrumentRoutes(get: DataRoute): void {
  get(`${BASE}/instruments`, instruments)
  get(`${BASE}/instruments/:cusip`, (request, reply) => {
    const { cusip } = request.params
    const listing = request.market.universe.equities.find((l) => cusipOf(assetOfListing(l)) === cusip)
    if (!listing) return refuse(request, reply, { status: 404, detail: 'Instrument not found' })
    return sendJson(reply, 200, { instruments: [instrumentRow(assetOfListing(listing))] })
  })
}

function instruments(request: VendorRequest, reply: FastifyReply, { now }: { now: Micros }): FastifyReply {
  const text = queryText(request, 'symbol')
  const projection = queryText(request, 'projection') ?? 'symbol-search'
  if (!text) return refuse(request, reply, { status: 400, detail: 'symbol is required' })
  const found = request.rowFault === 'empty' ? [] : search(request, text, projection)
  const rows = found.map((asset) =>
    projection === 'fundamental'
      ? { fundamental: fundamentalOf(request, asset, now), ...instrumentRow(asset) }
      : instrumentRow(asset),
  )
  const malformed = { cusip: null, symbol: 7, fundamental: { marketCap: 'large' } }
  if (request.rowFault === 'malformed_row' && rows.length > 0)
    return sendJson(reply, 200, { instruments: [malformed] })
  // Where nothing is found there is no list at all.
  return sendJson(reply, 200, rows.length > 0 ? { instruments: rows } : {})
}

function search(request: VendorRequest, text: string, projection: string): Asset[] {
  const { market } = request
  const all = () => market.universe.equities
  const byName = (l: Listing) => l.name.toUpperCase().includes(text.toUpperCase())
  const found = {
    'symbol-regex': () => all().filter((l) => l.symbol.startsWith(text.replace(/[.*^$].*$/, ''))),
    'desc-search': () => all().filter(byName),
    'desc-regex': () => all().filter(byName),
    search: () => all().filter((l) => l.symbol === text || byName(l)),
  }[projection]
  if (found) return found().slice(0, FOUND_MAX).map(assetOfListing)
  return text
    .split(',')
    .map((symbol) => assetOf(market, symbol))
    .filter((asset) => asset !== null)
}

function instrumentRow(asset: Asset) {
  const assetType = asset.kind === 'INDEX' ? 'INDEX' : asset.listing.type === 'ETF' ? 'ETF' : 'EQUITY'
  return {
    ...(asset.kind === 'EQUITY' ? { cusip: cusipOf(asset) } : {}),
    symbol: asset.symbol,
    description: asset.description,
    exchange: exchangeOf(asset).name,
    assetType,
  }
}

/** Ratios and yields in percent where the vendor has them so; 0 for what there is not. */
function fundamentalOf(
  { market }: VendorRequest,
  asset: Asset,
  now: Micros,
): Record<string, unknown> | undefined {
  if (asset.kind === 'INDEX') return undefined
  const { listing } = asset
  const date = dateInNewYork(now)
  const figures = fundamentalsOf(listing, date)
  const ratios = figures && ratiosOf(market, listing, { figures, date, now })
  if (!figures || !ratios)
    return { symbol: asset.symbol, high52: 0, low52: 0, marketCap: 0, peRatio: 0, beta: 0 }
  const year = ratios.trailing
  const newest = figures.quarters[0]!
  const paid = dividendsOf(listing, figures.quarters.at(-1)!.endDate, date).at(-1)
  const percent = (part: number, whole: number) => (whole === 0 ? 0 : round((part / whole) * 100))
  return {
    symbol: asset.symbol,
    high52: ratios.high52,
    low52: ratios.low52,
    dividendAmount: round((paid?.amount ?? 0) * 4),
    dividendYield: round(((paid?.amount ?? 0) * 400) / ratios.price),
    ...(paid
      ? { dividendDate: `${paid.date} 00:00:00.0`, dividendPayDate: `${payDateOf(paid)} 00:00:00.0` }
      : {}),
    dividendPayAmount: paid?.amount ?? 0,
    dividendFreq: paid ? 4 : 0,
    peRatio: ratios.peRatio ?? 0,
    pbRatio: ratios.priceToBook ?? 0,
    prRatio: ratios.priceToSales ?? 0,
    pegRatio: 0,
    grossMarginTTM: year ? percent(year.grossProfit, year.revenue) : 0,
    netProfitMarginTTM: year ? percent(year.netIncome, year.revenue) : 0,
    operatingMarginTTM: year ? percent(year.operatingIncome, year.revenue) : 0,
    returnOnEquity: year ? percent(year.netIncome, newest.equity) : 0,
    returnOnAssets: year ? percent(year.netIncome, newest.totalAssets) : 0,
    totalDebtToEquity: percent(newest.totalDebt, newest.equity),
    epsTTM: year?.epsDiluted ?? 0,
    eps: year?.epsDiluted ?? 0,
    sharesOutstanding: figures.sharesOutstanding,
    marketCap: ratios.marketCap,
    bookValuePerShare: round(newest.equity / figures.sharesOutstanding),
    beta: figures.beta,
    vol1DayAvg: listing.volume,
    vol10DayAvg: listing.volume,
    vol3MonthAvg: listing.volume,
    fundLeverageFactor: 0,
  }
}
