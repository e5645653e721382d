// Polygon's options chains: which expiries there are, then the contracts of one.
import { dateInZone, type OptionQuote } from '@onetape/market'
import { NEW_YORK } from '../bar-time.ts'
import type { CallOptions, OptionsChain, OptionsChainRequest } from '../contract.ts'
import { requireCapability } from '../require-capability.ts'
import { type Rows, readRows } from '../wire-rows.ts'
import { capabilities } from './capabilities.ts'
import { accessTo, NAME, type PolygonContext } from './context.ts'
import {
  type ContractContext,
  type ListedContract,
  normalizeContract,
  normalizeListedContract,
  underlyingPrice,
} from './normalize-options.ts'
import type { PolygonAnswer } from './pages.ts'
import { contractSchema, listedContractSchema } from './payload-mixed.ts'
import { tickerFromRef } from './symbols.ts'

/** The vendor's ticker of a raw contract, if it can still be read there. */
const contractName = (raw: unknown): string | undefined => {
  const ticker = (raw as { details?: { ticker?: unknown } } | null)?.details?.ticker
  return typeof ticker === 'string' ? ticker : undefined
}

export const readContracts = (list: readonly unknown[], context: ContractContext): Rows<OptionQuote> =>
  readRows(list, {
    schema: contractSchema,
    nameOf: contractName,
    normalize: (row) => normalizeContract(row, context),
  })

export const readListedContracts = (list: readonly unknown[]): Rows<ListedContract> =>
  readRows(list, { schema: listedContractSchema, normalize: normalizeListedContract })

export async function fetchOptionsChain(
  c: PolygonContext,
  { ref, expiry: asked }: OptionsChainRequest,
  options?: CallOptions,
): Promise<OptionsChain> {
  requireCapability(NAME, capabilities, { assetClass: ref.assetClass, need: 'options' })
  const behind = accessTo(c, ref.assetClass, 'options').delayedMinutes > 0
  const underlying = tickerFromRef(ref)!
  const listing = await listExpiries(c, underlying, options)
  const { expirations } = listing
  const expiry = expirations.find((date) => asked === undefined || date === asked) ?? null
  const answer = expiry === null ? null : await c.client.fetchChain(underlying, expiry, options)
  const fetchedAt = c.now()
  const context = { underlying: ref, delayed: behind || (answer?.delayed ?? false), fetchedAt }
  const { rows, dropped } = readContracts(answer?.rows ?? [], context)
  return {
    underlying: ref,
    underlyingLast: lastOfUnderlying(answer),
    expirations,
    expiry,
    rows: rows.filter((r) => r.expiry === expiry).sort(byStrike),
    dropped: [...listing.dropped, ...dropped],
    missing: expirations.length === 0 ? [ref] : [],
    fetchedAt,
    calls: listing.calls + (answer?.calls ?? 0),
  }
}

const byStrike = (a: OptionQuote, b: OptionQuote): number =>
  a.strike - b.strike || a.right.localeCompare(b.right)

/** Expiries from today on, oldest first. */
async function listExpiries(c: PolygonContext, underlying: string, options?: CallOptions) {
  const today = dateInZone(c.now(), NEW_YORK)
  const answer = await c.client.fetchOptionContracts(underlying, options)
  const { rows, dropped } = readListedContracts(answer.rows)
  const dates = new Set(rows.map((r) => r.expiry).filter((date) => date >= today))
  return { expirations: [...dates].sort(), dropped, calls: answer.calls }
}

function lastOfUnderlying(answer: PolygonAnswer | null): number | null {
  for (const raw of answer?.rows ?? []) {
    const row = contractSchema.safeParse(raw)
    if (row.success) return underlyingPrice(row.data)
  }
  return null
}
