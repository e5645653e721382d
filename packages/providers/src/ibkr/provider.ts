// Interactive Brokers as an IDataProvider: one connection to TWS or IB Gateway, held open between calls.
import type { Micros } from '@onetape/market'
import { tierOf } from '../capability.ts'
import type { DataTier, IDataProvider, ProviderDeps } from '../contract.ts'
import { ProviderError } from '../errors.ts'
import { byAssetClass, joinFetched } from '../fetched.ts'
import { fetchBars } from './bars.ts'
import { capabilities } from './capabilities.ts'
import { fetchOptionsChain } from './chain.ts'
import { createTwsClient, type TwsClient } from './client.ts'
import { NAME } from './codes.ts'
import { type Contracts, createContracts } from './contracts.ts'
import { createLink, type Link } from './link.ts'
import { createPacing, type Pacing } from './pacing.ts'
import { fetchSnapshots } from './quotes.ts'
import { openTws } from './sdk.ts'
import { createStream } from './stream.ts'
import type { TwsAddress } from './tws.ts'

/** IB Gateway's live port on this machine. */
export const BASE_URLS = { tws: 'tcp://127.0.0.1:4001' }

/** What every question needs. */
export interface IbkrContext {
  deps: ProviderDeps
  link: Link
  client: TwsClient
  contracts: Contracts
  pacing: Pacing
  tier: DataTier
  /** Shares in one unit of a US stock's sizes and volumes. */
  shareLot: number
  now(): Micros
}

export function createIbkr(deps: ProviderDeps): IDataProvider {
  const address = addressOf(deps)
  const link = createLink({
    open: openTws,
    address,
    connectMs: deps.timeoutMs,
    wallClock: deps.wallClock,
  })
  const client = createTwsClient(deps, link)
  const context: IbkrContext = {
    deps,
    link,
    client,
    contracts: createContracts(client),
    pacing: createPacing(deps.wallClock),
    tier: tierOf(capabilities, deps.tier),
    shareLot: shareLotOf(deps),
    now: () => deps.marketClock.now(),
  }
  return {
    getName: () => NAME,
    getCapabilities: () => capabilities,
    getSnapshots: (request, options) => fetchSnapshots(context, request, options),
    getBars: (request, options) => fetchBars(context, request, options),
    getOptionsChain: (request, options) => fetchOptionsChain(context, request, options),
    streamQuotes: createStream(context),
    close: async () => link.close(),

    async getQuotes(refs, options) {
      const groups = byAssetClass(refs)
      const parts = await Promise.all(groups.map((group) => fetchSnapshots(context, group, options)))
      const snapshots = joinFetched(parts, context.now())
      return { ...snapshots, rows: snapshots.rows.map((s) => s.quote) }
    },
  }
}

const CLIENT_ID = 1

function addressOf({ baseUrls, credentials }: ProviderDeps): TwsAddress {
  const text = baseUrls?.tws ?? BASE_URLS.tws
  const m = /^(?:tcp:\/\/)?([^/:]+|\[[^\]]+\]):(\d{1,5})\/?$/.exec(text)
  const clientId = Number(credentials.clientId || CLIENT_ID)
  if (!m) throw invalid('the address of TWS is tcp://HOST:PORT, for instance tcp://127.0.0.1:4001')
  if (!Number.isInteger(clientId) || clientId < 0)
    throw invalid('the client id of TWS is a whole number from 0')
  return { host: m[1]!.replace(/^\[|\]$/g, ''), port: Number(m[2]), clientId }
}

/** TWS counts shares, or lots of 100 where its box "Send market data in lots for US stocks" is ticked. */
function shareLotOf({ credentials }: ProviderDeps): number {
  const text = credentials.shareLot?.trim() || '1'
  if (text === '1' || text === '100') return Number(text)
  throw invalid(
    'the shares in one unit of US stock volumes (shareLot, IBKR_SHARE_LOT) are 1, or 100 where TWS sends lots',
  )
}

const invalid = (words: string) => new ProviderError('invalid_request', words, { provider: NAME })
