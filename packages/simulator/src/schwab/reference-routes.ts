// /marketdata/v1 besides prices (instruments, hours, movers) and the user's preference, which says where the streamer is.
import { type Micros, sessionOn } from '@onetape/market'
import type { FastifyReply } from 'fastify'
import { dividendsOf, payDateOf } from '../market/actions.ts'
import { fundamentalsOf, ratiosOf } from '../market/fundamentals.ts'
import type { Listing } from '../market/listing.ts'
import { dateInNewYork, newYorkOffsetS } from '../new-york.ts'
import { queryText, type Simulation, sendJson, type VendorRequest } from '../simulation.ts'
import { socketUrl } from '../vendor.ts'
import { idOf, refuse } from './answers.ts'
import { type Asset, assetOf, assetOfListing, exchangeOf, subTypeOf } from './assets.ts'
import { factsOf } from './facts.ts'
import type { DataRoute } from './market-routes.ts'
import { changeOf, cusipOf, round } from './quote-row.ts'

const BASE = '/marketdata/v1'
const FOUND_MAX = 50
const MOVERS = 10
/** Movers are looked for among the known names. */
const KNOWN = 150

export function referenceRoutes(get: DataRoute, simulation: Simulation): void {
  get(`${BASE}/instruments`, instruments)
  get(`${BASE}/instruments/:cusip`, (request, reply) => {
    const { cusip } = request.params
    const listing = request.market.universe.equities.find((l) => cusipOf(assetOfListing(l)) === cusip)
    if (!listing) return refuse(request, reply, { status: 404, detail: 'Instrument not found' })
    return sendJson(reply, 200, { instruments: [instrumentRow(assetOfListing(listing))] })
  })
  get(`${BASE}/markets`, (request, reply, { now }) =>
    hours(request, reply, { now, markets: (queryText(request, 'markets') ?? 'equity').split(',') }),
  )
  get(`${BASE}/markets/:market`, (request, reply, { now }) =>
    hours(request, reply, { now, markets: [request.params.market!] }),
  )
  get(`${BASE}/movers/:index`, movers)
  get('/trader/v1/userPreference', (request, reply) => {
    request.rowFault = null
    const customer = idOf(`customer ${request.credential}`)
    return sendJson(reply, 200, {
      accounts: [
        { accountNumber: '12345678', primaryAccount: true, type: 'BROKERAGE', nickName: 'Individual' },
      ],
      streamerInfo: [
        {
          streamerSocketUrl: `${socketUrl(simulation.url())}/schwab/ws`,
          schwabClientCustomerId: customer,
          schwabClientCorrelId: idOf(`correlation ${request.credential}`),
          schwabClientChannel: 'N9',
          schwabClientFunctionId: 'APIAPP',
        },
      ],
      offers: [{ level2Permissions: true, mktDataPermission: 'NP' }],
    })
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

const PRODUCTS: Record<string, { product: string; name: string }> = {
  equity: { product: 'EQ', name: 'equity' },
  option: { product: 'EQO', name: 'equity option' },
}

function hours(
  request: VendorRequest,
  reply: FastifyReply,
  { now, markets }: { now: Micros; markets: readonly string[] },
): FastifyReply {
  const date = queryText(request, 'date') ?? dateInNewYork(now)
  const known = markets.every((market) => Object.hasOwn(PRODUCTS, market))
  if (!known || !/^\d{4}-\d{2}-\d{2}$/.test(date) || Number.isNaN(Date.parse(date))) {
    return refuse(request, reply, {
      status: 400,
      detail: 'markets are equity and option here, date is yyyy-MM-dd',
    })
  }
  const body = Object.fromEntries(markets.map((market) => [market, hoursOf(market, date)]))
  return sendJson(reply, 200, body)
}

function hoursOf(market: string, date: string): Record<string, unknown> {
  const session = sessionOn('XNYS', date)
  const { product, name } = PRODUCTS[market]!
  const kind = { date, marketType: market.toUpperCase() }
  // On a holiday the product is called as the market is.
  if (!session) return { [market]: { ...kind, product: market, isOpen: false } }
  const span = (start: Micros, end: Micros) => [{ start: localText(start), end: localText(end) }]
  return {
    [product]: {
      ...kind,
      product,
      productName: name,
      isOpen: true,
      sessionHours: {
        ...(market === 'equity' ? { preMarket: span(session.preOpen, session.open) } : {}),
        regularMarket: span(session.open, session.close),
        ...(market === 'equity' ? { postMarket: span(session.close, session.postClose) } : {}),
      },
    },
  }
}

/** With New York's offset. */
function localText(ts: Micros): string {
  const offsetS = newYorkOffsetS(ts)
  const wall = new Date(ts / 1000 + offsetS * 1000).toISOString().slice(0, 19)
  return `${wall}-0${-offsetS / 3600}:00`
}

function movers(request: VendorRequest, reply: FastifyReply, { now }: { now: Micros }): FastifyReply {
  const { market } = request
  const sort = queryText(request, 'sort') ?? 'VOLUME'
  const rows = market.universe.equities.slice(0, KNOWN).flatMap((listing) => {
    const facts = factsOf(market, listing, now)
    if (!facts) return []
    const { net, percent } = changeOf(facts.last.price, facts.previousClose)
    const asset = assetOfListing(listing)
    return [
      {
        change: net,
        description: asset.description,
        direction: net >= 0 ? 'up' : 'down',
        last: facts.last.price,
        netChange: net,
        netPercentChange: round(percent / 100),
        lastPrice: facts.last.price,
        symbol: asset.symbol,
        assetSubType: subTypeOf(asset),
        totalVolume: facts.volume,
        volume: facts.volume,
        trades: facts.day.count,
      },
    ]
  })
  const by = {
    PERCENT_CHANGE_UP: (r: (typeof rows)[number]) => -r.netPercentChange,
    PERCENT_CHANGE_DOWN: (r: (typeof rows)[number]) => r.netPercentChange,
    TRADES: (r: (typeof rows)[number]) => -r.trades,
    VOLUME: (r: (typeof rows)[number]) => -r.totalVolume,
  }[sort]
  if (!by) return refuse(request, reply, { status: 400, detail: 'Invalid sort' })
  return sendJson(reply, 200, { screeners: rows.sort((a, b) => by(a) - by(b)).slice(0, MOVERS) })
}
