// How a vendor's folder opens its stream: what it does not have, or the plan does not include, is refused before a line
// is opened; the rest is the supervisor's.
import { type Capabilities, tierOf } from '../capability.ts'
import type { ProviderDeps, QuoteStream } from '../contract.ts'
import { requireAccess } from '../require-access.ts'
import { requireCapability } from '../require-capability.ts'
import { type SuperviseOptions, superviseStream } from './supervise.ts'

export interface OpenStreamOptions extends Omit<SuperviseOptions, 'deps'> {
  capabilities: Capabilities
  deps: ProviderDeps
}

/** @throws ProviderError `unsupported` or `not_entitled`. */
export function openStream({ capabilities, ...o }: OpenStreamOptions): QuoteStream {
  const tier = tierOf(capabilities, o.deps.tier)
  for (const assetClass of new Set(o.refs.map((ref) => ref.assetClass))) {
    requireCapability(o.provider, capabilities, { assetClass, need: 'stream' })
    requireAccess(o.provider, tier, { assetClass, kind: 'stream' })
  }
  return superviseStream(o)
}
