// /marketdata/v1 besides prices (hours, movers) and the user's preference, which says where the streamer is.
import { type Micros, sessionOn } from '@onetape/market'
import type { FastifyReply } from 'fastify'
import { dateInNewYork, newYorkOffsetS } from '../new-york.ts'
import { queryText, type Simulation, sendJson, type VendorRequest } from '../simulation.ts'
import { socketUrl } from '../vendor.ts'
import { idOf, refuse } from './answers.ts'
import { assetOfListing, subTypeOf } from './assets.ts'
import { factsOf } from './facts.ts'
import type { DataRoute } from './market-routes.ts'
import { changeOf, round } from './quote-row.ts'

const BASE = '/marketdata/v1'
const MOVERS = 10
/** Movers are looked for among the known names. */
const KNOWN = 150

export function referenceRoutes(get: DataRoute, simulation: Simulation): void {
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
