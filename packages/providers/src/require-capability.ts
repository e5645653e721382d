import type { AssetClass, SymbolRef, Timeframe } from '@onetape/market'
import type { Capabilities, Capability } from './contract.ts'
import { ProviderError } from './errors.ts'

export type Need = { assetClass: AssetClass } & (
  | { need: 'snapshots'; refs: readonly SymbolRef[] | 'all' }
  | { need: 'bars'; timeframe: Timeframe }
  | { need: 'reference' | 'fundamentals' | 'options' | 'stream' }
  | { need: 'corporateActions'; refs: readonly SymbolRef[] | 'all' }
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
    case 'fundamentals':
      return capability.fundamentals ? null : unsupported(`has no fundamentals of ${assetClass} here`)
    case 'options':
      return capability.options ? null : unsupported(`has no options chains of ${assetClass} here`)
    case 'stream':
      return capability.stream ? null : unsupported(`does not stream ${assetClass} here`)
    case 'corporateActions': {
      const { corporateActions } = capability
      if (corporateActions === null) return unsupported(`has no splits and dividends of ${assetClass} here`)
      if (need.refs !== 'all' || corporateActions === 'market') return null
      return unsupported('lists splits and dividends by symbol only')
    }
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
