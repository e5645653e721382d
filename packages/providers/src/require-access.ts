// What the plan in use grants, refused before a call is spent on what it does not.
import { type AssetClass, DAY_US, type Micros } from '@onetape/market'
import type { AccessKind, DataTier, TierAccess } from './capability.ts'
import { ProviderError } from './errors.ts'

const WHAT: Record<AccessKind, string> = {
  quotes: 'current prices',
  charts: 'bars',
  fundamentals: 'fundamentals',
  options: 'options chains',
  stream: 'streaming',
}

export interface AccessNeed {
  assetClass: AssetClass
  kind: AccessKind
}

/** @throws ProviderError `not_entitled` where the tier does not include this kind of data. */
export function requireAccess(
  provider: string,
  tier: DataTier,
  { assetClass, kind }: AccessNeed,
): TierAccess {
  const access = tier.access[assetClass]?.[kind]
  if (access) return access
  throw new ProviderError(
    'not_entitled',
    `the ${tier.label} plan of ${provider} does not include ${WHAT[kind]} of ${assetClass}`,
    { provider },
  )
}

/**
 * First instant that the tier's depth of history reaches; a range that begins before it is answered from there on.
 * @throws ProviderError `not_entitled` where the whole range lies before it.
 */
export function requireHistory(
  provider: string,
  { tier, access }: { tier: DataTier; access: TierAccess },
  range: { from: Micros; to: Micros; now: Micros },
): Micros {
  if (access.historyDays === undefined) return range.from
  const reaches = range.now - access.historyDays * DAY_US
  if (range.to > reaches || range.to <= range.from) return Math.max(range.from, reaches)
  throw new ProviderError(
    'not_entitled',
    `the ${tier.label} plan of ${provider} reaches back ${access.historyDays} days only`,
    { provider },
  )
}
