// Schwab's option chains: the list of expiries, then one expiry, in halves where the whole does not fit its gateway.
import { dateInZone, type Fundamentals, type OptionQuote } from '@onetape/market'
import { NEW_YORK } from '../bar-time.ts'
import type {
  CallOptions,
  Fetched,
  FundamentalsRequest,
  OptionsChain,
  OptionsChainRequest,
} from '../contract.ts'
import { ProviderError } from '../errors.ts'
import { answeredAt } from '../http/retry-after.ts'
import { requireAccess } from '../require-access.ts'
import { requireCapability } from '../require-capability.ts'
import { type Rows, readRows, textField } from '../wire-rows.ts'
import { capabilities } from './capabilities.ts'
import type { ChainRequest, SchwabClient } from './client.ts'
import { type ContractContext, normalizeContract, normalizeInstrument } from './normalize-chain.ts'
import { isTooBig, NAME } from './payload.ts'
import {
  type Chain,
  contractSchema,
  instrumentSchema,
  parseChain,
  parseExpirations,
  parseInstruments,
} from './payload-chain.ts'
import type { SchwabContext } from './provider.ts'
import { symbolFromRef } from './symbols.ts'

export async function fetchOptionsChain(
  { client, tier, now }: SchwabContext,
  { ref, expiry: wanted }: OptionsChainRequest,
  options: CallOptions = {},
): Promise<OptionsChain> {
  requireCapability(NAME, capabilities, { assetClass: ref.assetClass, need: 'options' })
  requireAccess(NAME, tier, { assetClass: ref.assetClass, kind: 'options' })
  const symbol = symbolFromRef(ref)!
  const list = await client.fetchExpirations(symbol, options)
  const expirations = list.status === 404 ? [] : parseExpirations(list.text)
  const today = dateInZone(now(), NEW_YORK)
  const nearest = expirations.find((date) => date >= today) ?? expirations.at(-1)
  const expiry = wanted ?? nearest
  const none = { rows: [], dropped: [], underlying: ref, underlyingLast: null, expirations, expiry: null }
  if (expiry === undefined || !expirations.includes(expiry)) {
    const missing = expirations.length === 0 ? [ref] : []
    return { ...none, missing, fetchedAt: now(), calls: list.calls }
  }
  const range = { symbol, contractType: 'ALL', fromDate: expiry, toDate: expiry } as const
  const { chains, calls } = await fetchChains(client, range, options)
  const fetchedAt = now()
  const parts = chains.map(({ chain, ts }) =>
    readContracts(chain, { underlying: ref, delayed: chain.delayed, answeredAt: ts ?? fetchedAt }),
  )
  const rows = new Map(parts.flatMap((p) => p.rows).map((row) => [row.symbol, row]))
  return {
    rows: [...rows.values()].filter((row) => row.expiry === expiry).sort(byStrike),
    dropped: parts.flatMap((p) => p.dropped),
    missing: [],
    fetchedAt,
    calls: list.calls + calls,
    underlying: ref,
    underlyingLast: chains.find(({ chain }) => chain.underlyingPrice)?.chain.underlyingPrice ?? null,
    expirations,
    expiry,
  }
}

const byStrike = (a: OptionQuote, b: OptionQuote): number =>
  a.strike - b.strike || a.right.localeCompare(b.right) || a.symbol.localeCompare(b.symbol)

export function readContracts(chain: Chain, c: Omit<ContractContext, 'expiry'>): Rows<OptionQuote> {
  const parts = chain.contracts.map(({ expiry, raw }) =>
    readRows([raw], {
      schema: contractSchema,
      nameOf: () => textField(raw, 'symbol'),
      normalize: (row) => normalizeContract(row, { ...c, expiry }),
    }),
  )
  return { rows: parts.flatMap((p) => p.rows), dropped: parts.flatMap((p) => p.dropped) }
}

interface Chains {
  chains: { chain: Chain; ts: number | null }[]
  calls: number
}

/** One expiry whole; as calls and puts; each of them in and out of the money. Smaller the vendor does not cut. */
async function fetchChains(client: SchwabClient, o: ChainRequest, options: CallOptions): Promise<Chains> {
  try {
    const answer = await client.fetchChain(o, options)
    const none = { chains: [], calls: answer.calls }
    if (answer.status === 404) return none
    return {
      chains: [{ chain: parseChain(answer.text, o.symbol), ts: answeredAt(answer.headers) }],
      calls: answer.calls,
    }
  } catch (error) {
    if (!isTooBig(error) || o.range) throw error
    const halves: ChainRequest[] =
      o.contractType === 'ALL'
        ? [
            { ...o, contractType: 'CALL' },
            { ...o, contractType: 'PUT' },
          ]
        : [
            { ...o, range: 'ITM' },
            { ...o, range: 'OTM' },
          ]
    const [a, b] = [
      await fetchChains(client, halves[0]!, options),
      await fetchChains(client, halves[1]!, options),
    ]
    return { chains: [...a.chains, ...b.chains], calls: 1 + a.calls + b.calls }
  }
}

export async function fetchFundamentals(
  { client, tier, now }: SchwabContext,
  { ref }: FundamentalsRequest,
  options: CallOptions = {},
): Promise<Fetched<Fundamentals>> {
  requireCapability(NAME, capabilities, { assetClass: ref.assetClass, need: 'fundamentals' })
  requireAccess(NAME, tier, { assetClass: ref.assetClass, kind: 'fundamentals' })
  const symbol = symbolFromRef(ref)
  if (symbol === null) throw new ProviderError('not_found', `Schwab has no ${ref.symbol}`, { provider: NAME })
  const answer = await client.fetchFundamental(symbol, options)
  const ts = answeredAt(answer.headers) ?? now()
  const list = answer.status === 404 ? [] : parseInstruments(answer.text)
  const own = list.filter((raw) => textField(raw, 'symbol') === symbol)
  const { rows, dropped } = readRows(own, {
    schema: instrumentSchema,
    nameOf: (raw) => textField(raw, 'symbol'),
    normalize: (row) => normalizeInstrument(row, { ref, answeredAt: ts }),
  })
  return {
    rows,
    dropped,
    missing: own.length === 0 ? [ref] : [],
    fetchedAt: now(),
    calls: answer.calls,
  }
}
