import type { AssetClass, SymbolRef, Timeframe } from '@onetape/market'
import type { Capabilities } from './contract.ts'
import { ProviderError } from './errors.ts'

export type Need = { assetClass: AssetClass } & (
  | { need: 'snapshots'; refs: readonly SymbolRef[] | 'all' }
  | { need: 'bars'; timeframe: Timeframe }
  | { need: 'reference' }
)

/** Refuses, before any call is spent, what a provider has not declared. */
export function requireCapability(provider: string, capabilities: Capabilities, need: Need): void {
  const capability = capabilities.byAssetClass[need.assetClass]
  const refuse = (what: string, kind: 'unsupported' | 'invalid_request' = 'unsupported') => {
    throw new ProviderError(kind, `${provider} ${what}`, { provider })
  }
  if (!capability) return refuse(`has no ${need.assetClass} here`)
  if (need.need === 'reference' && !capability.reference) refuse(`has no list of ${need.assetClass} here`)
  if (need.need === 'bars' && !capability.bars.includes(need.timeframe)) {
    refuse(
      `has no ${need.timeframe} bars of ${need.assetClass} here; it has ${capability.bars.join(', ') || 'none'}`,
    )
  }
  if (need.need !== 'snapshots') return
  if (capability.snapshots === null) refuse(`has no snapshots of ${need.assetClass} here`)
  if (need.refs === 'all') {
    if (capability.snapshots !== 'market') refuse(`cannot list the whole ${need.assetClass} market`)
  } else if (need.refs.some((ref) => ref.assetClass !== need.assetClass)) {
    refuse('was asked for symbols of several asset classes in one call', 'invalid_request')
  }
}
