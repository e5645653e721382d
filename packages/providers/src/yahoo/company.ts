// Yahoo's fundamentals and options chains.
import { DAY_US, type Fundamentals, type Micros } from '@onetape/market'
import type {
  CallOptions,
  Fetched,
  FundamentalsRequest,
  OptionsChain,
  OptionsChainRequest,
} from '../contract.ts'
import { allPieces } from '../http/bounded.ts'
import { requireCapability } from '../require-capability.ts'
import { capabilities } from './capabilities.ts'
import type { YahooClient } from './client.ts'
import { fundamentalsOf, normalizeStatements, normalizeSummary, SERIES_TYPES } from './normalize-company.ts'
import { dateOf, normalizeChain } from './normalize-options.ts'
import { parseStatements, parseSummary, SUMMARY_MODULES } from './payload-company.ts'
import { parseChain } from './payload-options.ts'
import { yahooFromRef } from './symbols.ts'

const NAME = 'yahoo'
/** The vendor keeps four to five years of statements. */
const STATEMENT_DAYS = 6 * 365

type Now = () => Micros

export async function fetchFundamentals(
  client: YahooClient,
  { ref }: FundamentalsRequest,
  now: Now,
  options: CallOptions = {},
): Promise<Fetched<Fundamentals>> {
  requireCapability(NAME, capabilities, { assetClass: ref.assetClass, need: 'fundamentals' })
  const symbol = yahooFromRef(ref)!
  const period = {
    period1: Math.floor((now() - STATEMENT_DAYS * DAY_US) / 1e6),
    period2: Math.ceil(now() / 1e6),
  }
  const asks = [
    () => client.fetchStatements({ symbol, types: SERIES_TYPES, ...period }, options),
    () => client.fetchSummary(symbol, SUMMARY_MODULES, options),
  ]
  const inFlight = { limit: asks.length, signal: options.signal }
  const [filed, summed] = await allPieces(asks, inFlight, (ask) => ask())
  const statements = normalizeStatements(parseStatements(filed!.text))
  const summary = summed!.status === 404 ? null : parseSummary(summed!.text)
  const fetchedAt = now()
  const current = summary ? normalizeSummary(summary) : null
  const { noun, dropped } = fundamentalsOf(ref, { statements, current, fetchedAt })
  const isEmpty = noun.periods.length === 0 && Object.keys(noun.current).length === 0
  return {
    rows: isEmpty ? [] : [noun],
    dropped: [...statements.dropped, ...dropped],
    missing: isEmpty ? [ref] : [],
    fetchedAt,
    calls: filed!.calls + summed!.calls,
  }
}

export async function fetchOptionsChain(
  client: YahooClient,
  { ref, expiry: asked }: OptionsChainRequest,
  now: Now,
  options: CallOptions = {},
): Promise<OptionsChain> {
  requireCapability(NAME, capabilities, { assetClass: ref.assetClass, need: 'options' })
  const date = asked === undefined ? undefined : Date.parse(`${asked}T00:00:00Z`) / 1000
  const answer = await client.fetchOptions(yahooFromRef(ref)!, date, options)
  const chain = parseChain(answer.text)
  const fetchedAt = now()
  const expirations = (chain?.expirationDates ?? []).map(dateOf).sort()
  const expiry = expirations.find((day) => asked === undefined || day === asked) ?? null
  const read = chain ? normalizeChain(chain, { underlying: ref, fetchedAt }) : { rows: [], dropped: [] }
  return {
    underlying: ref,
    underlyingLast: chain?.quote?.regularMarketPrice || null,
    expirations,
    expiry,
    rows: read.rows
      .filter((row) => row.expiry === expiry)
      .sort((a, b) => a.strike - b.strike || a.right.localeCompare(b.right)),
    dropped: read.dropped,
    missing: expirations.length === 0 ? [ref] : [],
    fetchedAt,
    calls: answer.calls,
  }
}
