// OANDA as an IDataProvider: all prices in one call, candles page by page from a start, prices as they happen.
import type { InstrumentInfo, Micros, Snapshot } from '@onetape/market'
import type { CallOptions, Fetched, IDataProvider, ProviderDeps, SnapshotsRequest } from '../contract.ts'
import { joinFetched } from '../fetched.ts'
import { chunksOf, inPieces } from '../http/bounded.ts'
import { httpFor } from '../http/provider-http.ts'
import { askedFor, missingOf } from '../missing.ts'
import { requireCapability } from '../require-capability.ts'
import { readRows, textField } from '../wire-rows.ts'
import { createBars } from './bars.ts'
import { capabilities } from './capabilities.ts'
import { createOandaClient, INSTRUMENTS_MAX, type OandaClient } from './client.ts'
import { normalizeInstrument, normalizeSnapshot } from './normalize.ts'
import { createOffering, type Offering } from './offering.ts'
import { explain, instrumentSchema, parseInstruments, parsePrices, priceSchema } from './payload.ts'
import { createStream } from './stream.ts'
import { spell } from './symbols.ts'

const NAME = 'oanda'
const IN_FLIGHT = 4

/** The live division; the practice one is `https://api-fxpractice.oanda.com` and `https://stream-fxpractice.oanda.com`. */
export const BASE_URLS = {
  rest: 'https://api-fxtrade.oanda.com',
  stream: 'https://stream-fxtrade.oanda.com',
}

export function createOanda(deps: ProviderDeps): IDataProvider {
  const { token, accountId } = deps.credentials
  const secrets = [token, accountId].filter((s) => s !== undefined)
  const http = httpFor(deps, { provider: NAME, secrets, explain })
  const hosts = { ...BASE_URLS, ...deps.baseUrls }
  const client = createOandaClient(deps, { http, hosts })
  const offering = createOffering(client, deps.wallClock)
  const now = () => deps.marketClock.now()
  const getSnapshots = (request: SnapshotsRequest, options?: CallOptions) =>
    fetchSnapshots({ client, offering, now }, request, options)

  return {
    getName: () => NAME,
    getCapabilities: () => capabilities,
    getSnapshots,
    getBars: createBars(client, now),
    streamQuotes: createStream({ deps, client, offering }),

    async getQuotes(refs, options) {
      if (refs.length === 0) return joinFetched([], now())
      const { assetClass } = refs[0]!
      const snapshots = await getSnapshots({ assetClass, refs }, options)
      return { ...snapshots, rows: snapshots.rows.map((s) => s.quote) }
    },

    async listInstruments(assetClass, options): Promise<Fetched<InstrumentInfo>> {
      requireCapability(NAME, capabilities, { assetClass, need: 'reference' })
      const answer = await client.fetchInstruments(options)
      const listing = readRows(parseInstruments(answer.text), {
        schema: instrumentSchema,
        nameOf: (raw) => textField(raw, 'name'),
        normalize: normalizeInstrument,
      })
      return { ...listing, missing: [], fetchedAt: now(), calls: answer.calls }
    },
  }
}

interface Context {
  client: OandaClient
  offering: Offering
  now: () => Micros
}

async function fetchSnapshots(
  { client, offering, now }: Context,
  { assetClass, refs }: SnapshotsRequest,
  options: CallOptions = {},
): Promise<Fetched<Snapshot>> {
  requireCapability(NAME, capabilities, { assetClass, need: 'snapshots', refs })
  const asked = askedFor(refs as Exclude<typeof refs, 'all'>, spell)
  const nameOf = (raw: unknown) => textField(raw, 'instrument')
  const { done, failure } = await inPieces(
    chunksOf([...asked.refs.keys()], INSTRUMENTS_MAX),
    { limit: IN_FLIGHT, signal: options.signal },
    async (list) => {
      const offered = await offering.ask(list, (names) => client.fetchPrices(names, options), options)
      if (!offered) return { rows: [], calls: 0 }
      const { answer, calls } = offered
      return { rows: parsePrices(answer.text), calls: calls + answer.calls }
    },
  )
  const rows = done.flatMap((d) => d.rows)
  const read = readRows(rows, {
    schema: priceSchema,
    nameOf,
    // Another's row, whatever it says, is counted and never taken.
    normalize: (row) => (asked.refs.has(row.instrument) ? normalizeSnapshot(row) : 'was not asked for'),
  })
  const came = new Set(rows.map((raw) => nameOf(raw) ?? ''))
  return {
    ...read,
    missing: failure ? [] : missingOf(asked, came),
    fetchedAt: now(),
    calls: done.reduce((sum, d) => sum + d.calls, 0),
    ...(failure ? { failure } : {}),
  }
}
