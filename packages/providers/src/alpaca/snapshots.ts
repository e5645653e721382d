// Snapshots of shares, pairs and option contracts: one call for a list, cut where an address would grow too long.
import { type AssetClass, type Micros, type Snapshot, sessionDateOf } from '@onetape/market'
import type { CallOptions, DroppedRow, Fetched, SnapshotsRequest } from '../contract.ts'
import { ProviderError } from '../errors.ts'
import { inPieces } from '../http/bounded.ts'
import { type Asked, askedFor, missingOf } from '../missing.ts'
import { requireCapability } from '../require-capability.ts'
import type { Rows } from '../wire-rows.ts'
import { capabilities } from './capabilities.ts'
import { type AlpacaClient, symbolLists } from './client.ts'
import { cryptoFeed, type Feed, type Feeds } from './feed.ts'
import { normalizeSnapshot } from './normalize.ts'
import { normalizeOptionPrice } from './normalize-options.ts'
import { type BySymbol, optionSchema, parseStocks, parseWrapped, readMap, snapshotSchema } from './payload.ts'
import { refusedSymbol } from './refusal.ts'
import { spell } from './symbols.ts'

const IN_FLIGHT = 4
/** A list that names more symbols that the vendor refuses as such than this is not ours to repair. */
const REFUSED_MAX = 5

type Market = 'stocks' | 'crypto' | 'options'
/** Asset classes without a capability never come this far. */
const MARKETS: Record<AssetClass, Market> = {
  equity: 'stocks',
  crypto: 'crypto',
  option: 'options',
  fx: 'stocks',
  index: 'stocks',
}

export const createSnapshots =
  (client: AlpacaClient, feeds: Feeds, now: () => Micros) =>
  async ({ assetClass, refs }: SnapshotsRequest, options: CallOptions = {}): Promise<Fetched<Snapshot>> => {
    requireCapability('alpaca', capabilities, { assetClass, need: 'snapshots', refs })
    const asked: Asked = askedFor(refs as Exclude<typeof refs, 'all'>, spell)
    const market = MARKETS[assetClass]
    const feed = { stocks: feeds.quotes, crypto: cryptoFeed, options: feeds.options }[market]
    const lists = symbolLists([...asked.refs.keys()], market)
    const { done, failure } = await inPieces(lists, { limit: IN_FLIGHT, signal: options.signal }, (list) =>
      fetchList(client, { market, feed, symbols: list }, options),
    )
    const fetchedAt = now()
    const maps = done.map(({ map }) => wanted(map, asked))
    const parts = maps.map((map) =>
      market === 'options'
        ? readOptions(map, feed)
        : readMap(map, {
            schema: snapshotSchema,
            normalize: (row, symbol) => normalizeSnapshot(row, symbol, { assetClass, feed, fetchedAt }),
          }),
    )
    const came = new Set(maps.flatMap((map) => Object.keys(map).filter((symbol) => map[symbol] !== null)))
    return {
      rows: parts.flatMap((p) => p.rows),
      dropped: [...parts.flatMap((p) => p.dropped), ...done.flatMap(({ map }) => unasked(map, asked))],
      missing: failure ? [] : missingOf(asked, came),
      fetchedAt,
      calls: done.reduce((sum, d) => sum + d.calls, 0),
      ...(failure ? { failure } : {}),
    }
  }

const wanted = (map: BySymbol, asked: Asked): BySymbol =>
  Object.fromEntries(Object.entries(map).filter(([symbol]) => asked.refs.has(symbol)))

/** Another's rows, whatever they say, are counted and never taken. */
const unasked = (map: BySymbol, asked: Asked): DroppedRow[] =>
  Object.keys(map)
    .filter((symbol) => !asked.refs.has(symbol))
    .map((row) => ({ row, reason: 'was not asked for' }))

export const readOptions = (map: BySymbol, feed: Feed): Rows<Snapshot> =>
  readMap(map, {
    schema: optionSchema,
    normalize: (row, occ): Snapshot | string => {
      const quote = normalizeOptionPrice(row, occ, feed)
      if (typeof quote === 'string') return quote
      const sessionDate = sessionDateOf('XNYS', quote.ts)
      return { quote, minuteBar: null, day: null, sessionDate, previousClose: null }
    },
  })

interface ListQuery {
  market: Market
  feed: Feed
  symbols: readonly string[]
}

/** One symbol that is none by the vendor's grammar fails its whole list: it is left out and the rest asked again. */
async function fetchList(client: AlpacaClient, q: ListQuery, options: CallOptions) {
  let { symbols } = q
  let calls = 0
  for (let refused = 0; ; refused++) {
    if (symbols.length === 0) return { map: {} as BySymbol, calls }
    try {
      const { map, calls: spent } = await askList(client, { ...q, symbols }, options)
      return { map, calls: calls + spent }
    } catch (error) {
      const bad =
        error instanceof ProviderError && error.kind === 'not_found' ? refusedSymbol(error.message) : null
      if (bad === null || !symbols.includes(bad) || refused >= REFUSED_MAX) throw error
      calls++
      symbols = symbols.filter((symbol) => symbol !== bad)
    }
  }
}

async function askList(client: AlpacaClient, { market, feed, symbols }: ListQuery, options: CallOptions) {
  if (market === 'stocks') {
    const answer = await client.fetchStocks(symbols, feed.name, options)
    return { map: parseStocks(answer.text), calls: answer.calls }
  }
  const answer =
    market === 'crypto'
      ? await client.fetchCrypto(symbols, options)
      : await client.fetchOptions(symbols, feed.name, options)
  return { map: parseWrapped(answer.text).rows, calls: answer.calls }
}
