// Option chains: the list of expiries and strikes in one request, then the strikes around the price, one line each.
import { dateInZone, type OptionQuote } from '@onetape/market'
import { NEW_YORK } from '../bar-time.ts'
import type { CallOptions, OptionsChain, OptionsChainRequest } from '../contract.ts'
import { ProviderError } from '../errors.ts'
import { inPieces } from '../http/bounded.ts'
import { requireAccess } from '../require-access.ts'
import { requireCapability } from '../require-capability.ts'
import { counted } from './ask.ts'
import { capabilities } from './capabilities.ts'
import { NAME } from './codes.ts'
import { normalizeOption, type OptionContract } from './normalize-chain.ts'
import type { IbkrContext } from './provider.ts'
import { askTicks } from './quotes.ts'
import { compactDate, isoDate } from './symbols.ts'
import type { TwsChain, TwsContract } from './tws.ts'

/** Strikes around the price: calls and puts of them fit into the lines of an account, in one breath. */
const STRIKES_MAX = 20
const IN_FLIGHT = 2 * STRIKES_MAX

export async function fetchOptionsChain(
  context: IbkrContext,
  { ref, expiry: wanted }: OptionsChainRequest,
  options: CallOptions = {},
): Promise<OptionsChain> {
  const { assetClass } = ref
  requireCapability(NAME, capabilities, { assetClass, need: 'options' })
  requireAccess(NAME, context.tier, { assetClass, kind: 'options' })
  const none = { rows: [], dropped: [], underlying: ref, underlyingLast: null, expirations: [], expiry: null }
  const { options: counting, calls } = counted(options)
  const contract = await context.contracts.resolve(ref, counting).catch((error: ProviderError) => {
    if (error.kind === 'not_found') return null
    throw error
  })
  if (!contract) return { ...none, missing: [ref], fetchedAt: context.now(), calls: calls() }
  const chains = await context.client.askChains(
    { symbol: contract.symbol!, secType: contract.secType!, conId: contract.conId! },
    counting,
  )
  const chain = chainMeant(chains, contract)
  const expirations = [...new Set(chain?.expirations.map(isoDate) ?? [])].sort()
  const today = dateInZone(context.now(), NEW_YORK)
  const expiry = wanted ?? expirations.find((date) => date >= today)
  if (!chain || expiry === undefined || !expirations.includes(expiry)) {
    const missing = expirations.length === 0 ? [ref] : []
    return { ...none, expirations, missing, fetchedAt: context.now(), calls: calls() }
  }
  const state = await askTicks(context, contract, assetClass, counting)
  const underlyingLast = [state.last, state.close].find((price) => price !== undefined && price > 0) ?? null
  const contracts = contractsAround(chain, { contract, expiry, price: underlyingLast })
  const inFlight = { limit: IN_FLIGHT, signal: options.signal }
  const { done, failure } = await inPieces(contracts, inFlight, (option) =>
    askOption(context, { underlying: ref, option }, counting),
  )
  if (failure) throw failure
  return {
    ...none,
    rows: done.filter((row): row is OptionQuote => row !== null),
    missing: [],
    fetchedAt: context.now(),
    calls: calls(),
    underlyingLast,
    expirations,
    expiry,
  }
}

/** The plain class of the underlying on all exchanges together; others are minis, weeklies of an index, adjusted ones. */
function chainMeant(chains: readonly TwsChain[], { symbol }: TwsContract): TwsChain | undefined {
  const smart = chains.filter((c) => c.exchange === 'SMART')
  const pool = smart.length > 0 ? smart : chains
  return pool.find((c) => c.tradingClass === symbol) ?? pool[0]
}

interface Around {
  contract: TwsContract
  expiry: string
  /** Without a price, the middle of the list. */
  price: number | null
}

function contractsAround(chain: TwsChain, { contract, expiry, price }: Around): OptionContract[] {
  const strikes = [...new Set(chain.strikes)].sort((a, b) => a - b)
  const centre = price ?? strikes[Math.floor(strikes.length / 2)] ?? 0
  const near = strikes
    .toSorted((a, b) => Math.abs(a - centre) - Math.abs(b - centre))
    .slice(0, STRIKES_MAX)
    .sort((a, b) => a - b)
  return near.flatMap((strike) =>
    (['C', 'P'] as const).map((right) => ({
      symbol: contract.symbol,
      secType: 'OPT' as const,
      exchange: 'SMART',
      currency: 'USD',
      expiry: compactDate(expiry),
      strike,
      right,
      multiplier: chain.multiplier || 100,
      tradingClass: chain.tradingClass,
    })),
  )
}

/** Null for a pair of expiry and strike that is no contract: the vendor lists them apart. */
async function askOption(
  context: IbkrContext,
  { underlying, option }: { underlying: OptionQuote['underlying']; option: OptionContract },
  options: CallOptions,
): Promise<OptionQuote | null> {
  try {
    const state = await askTicks(context, option, 'option', options)
    return normalizeOption(state, { underlying, contract: option, receivedAt: context.now() })
  } catch (error) {
    if (error instanceof ProviderError && error.kind === 'not_found') return null
    throw error
  }
}
