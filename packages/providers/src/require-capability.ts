import type { AssetClass, SymbolRef, Timeframe } from '@onetape/market'
import type { Capabilities, Capability } from './contract.ts'
import { ProviderError } from './errors.ts'

export type Need = { assetClass: AssetClass } & (
  | { need: 'snapshots'; refs: readonly SymbolRef[] | 'all' }
  | { need: 'bars'; timeframe: Timeframe }
  | { need: 'reference' }
)

/** Refuses, before any call is spent, what a provider has not declared. */
export function requireCapability(provider: string, capabilities: Capabilities, need: Need): void {
  const fault = faultOf(capabilities.byAssetClass[need.assetClass], need)
  if (fault) throw new ProviderError(fault.kind, `${provider} ${fault.words}`, { provider })
}

interface Refusal {
  kind: 'unsupported' | 'invalid_request'
  words: string
}

const unsupported = (words: string): Refusal => ({ kind: 'unsupported', words })

function faultOf(capability: Capability | undefined, need: Need): Refusal | null {
  const { assetClass } = need
  if (!capability) return unsupported(`has no ${assetClass} here`)
  switch (need.need) {
    case 'reference':
      return capability.reference ? null : unsupported(`has no list of ${assetClass} here`)
    case 'bars': {
      const { bars } = capability
      if (bars.includes(need.timeframe)) return null
      return unsupported(
        `has no ${need.timeframe} bars of ${assetClass} here; it has ${bars.join(', ') || 'none'}`,
      )
    }
    case 'snapshots':
      return snapshotsFault(capability, assetClass, need.refs)
  }
}

function snapshotsFault(
  { snapshots }: Capability,
  assetClass: AssetClass,
  refs: readonly SymbolRef[] | 'all',
): Refusal | null {
  if (snapshots === null) return unsupported(`has no snapshots of ${assetClass} here`)
  if (refs === 'all')
    return snapshots === 'market' ? null : unsupported(`cannot list the whole ${assetClass} market`)
  if (refs.every((ref) => ref.assetClass === assetClass)) return null
  return { kind: 'invalid_request', words: 'was asked for symbols of several asset classes in one call' }
}
