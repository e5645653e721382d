// Which sources will be asked, in which order, and why each other one will not: decided before any call is spent. Pure.
import {
  type AssetClass,
  type Basis,
  DAY_US,
  type DataKind,
  MINUTE_US,
  type Micros,
  type Timeframe,
} from '@onetape/market'
import type { Priority } from '../call.ts'
import { type Capability, type DataTier, type TierAccess, tierOf } from '../capability.ts'
import type { IDataProvider } from '../contract.ts'
import { houseOrder } from '../house-order.ts'
import type { Readiness } from './breaker.ts'
import type { RoutedSource } from './ports.ts'
import type { SkipReason } from './receipt.ts'

/** What exactly is wanted of a kind of data: it names the provider's method. */
export type Need = 'quote' | 'snapshot' | 'bars' | 'fundamentals' | 'options'

export const KIND_OF_NEED: Readonly<Record<Need, DataKind>> = {
  quote: 'quotes',
  snapshot: 'quotes',
  bars: 'charts',
  fundamentals: 'fundamentals',
  options: 'options',
}

/** A series that is already on the screen and is to be continued: only what made it may add to it. */
export interface SeriesBegun {
  source: string
  feed: string
  basis: Basis
  currency: string
}

export interface SeriesNeed {
  timeframe: Timeframe
  /** Half-open range of bar starts. */
  from: Micros
  to: Micros
  /** Absent: the source's own. */
  basis?: Basis
  continues?: SeriesBegun
}

export interface PlanRequest {
  need: Need
  /** Of the symbols; for an options chain that of the underlying. */
  assetClass: AssetClass
  priority: Priority
  /** The source that its owner wants asked first for these symbols, whatever the order says. */
  pin?: string | null
  series?: SeriesNeed
}

export type SourceOrder = { primary: string; fallbacks: readonly string[] } | null

export interface PlanContext {
  sources: readonly RoutedSource[]
  /** The user's own, or null for the house's. */
  order: SourceOrder
  marketNow: Micros
  wallNow: Micros
  ready(source: RoutedSource): Readiness
  /** @param scopes that its calls would be metered under. */
  budget(source: RoutedSource, scopes: readonly string[]): { free: boolean; retryAt: Micros | null }
  /** Why bars on `from` cannot become bars on `to`, or null where they can. */
  conversionFault(from: Basis, to: Basis): string | null
}

export interface TryStep {
  verdict: 'try'
  name: string
  source: RoutedSource
  provider: IDataProvider
  access: TierAccess
  /** True where only one caller of all may go, to see whether the vendor is back. */
  probe: boolean
}

export interface SkipStep {
  verdict: 'skip'
  name: string
  reason: SkipReason
  message: string
  retryAt: Micros | null
}

export type PlanStep = TryStep | SkipStep

export interface Plan {
  /** Whose wish put the first source first: a pin of the symbol, the user's order, the house's. */
  order: 'pin' | 'user' | 'house'
  steps: PlanStep[]
}

export function planRoute(request: PlanRequest, context: PlanContext): Plan {
  const { order, sources } = context
  const { pin = null } = request
  const ordered =
    order === null
      ? houseRanked(sources, request).map(({ name }) => name)
      : [order.primary, ...order.fallbacks]
  const names = new Set(pin === null ? ordered : [pin, ...ordered])
  const steps = [...names].map((name) => {
    const source = sources.find((s) => s.name === name)
    return source ? stepOf(source, request, context) : absent(name, name === pin ? 'pinned' : 'in the order')
  })
  return { order: pin === null ? (order === null ? 'house' : 'user') : 'pin', steps }
}

const absent = (name: string, how: 'pinned' | 'in the order' = 'in the order'): SkipStep =>
  skip(name, 'not_connected', `${name} is ${how} but is not connected`)

/** By the house's order; a user's own source before the house's of the same vendor; vendors it does not rank last. */
function houseRanked(sources: readonly RoutedSource[], { need, assetClass }: PlanRequest): RoutedSource[] {
  const ranking = houseOrder[need === 'options' ? 'option' : assetClass]
  const rank = (source: RoutedSource): number => {
    const place = ranking.indexOf(source.providerName)
    return (place < 0 ? ranking.length : place) * 2 + (source.owner === 'user' ? 0 : 1)
  }
  return [...sources].sort((a, b) => rank(a) - rank(b))
}

const skip = (
  name: string,
  reason: SkipReason,
  message: string,
  retryAt: Micros | null = null,
): SkipStep => ({ verdict: 'skip', name, reason, message, retryAt })

/** The first reason that holds is the one said: what only a person can change comes before what time heals. */
function stepOf(source: RoutedSource, request: PlanRequest, context: PlanContext): PlanStep {
  const { name, provider } = source
  const unconnected = connectionSkip(source, context.wallNow)
  if (unconnected || !provider) return unconnected ?? absent(name)
  const capabilities = provider.getCapabilities()
  const capability = capabilities.byAssetClass[request.assetClass]
  const lacking = capabilityFault(provider, capability, request)
  if (lacking !== null || !capability) return skip(name, 'no_capability', `${source.providerName} ${lacking}`)
  const tier = tierOf(capabilities, source.tier)
  const access = tier.access[request.assetClass]?.[KIND_OF_NEED[request.need]]
  if (!access) {
    const what = `${KIND_OF_NEED[request.need]} of ${request.assetClass}`
    return skip(name, 'not_entitled', `the ${tier.label} plan of ${name} does not include ${what}`)
  }
  const seriesSkip = request.series
    ? seriesFault(name, request.series, { capability, access, context })
    : null
  if (seriesSkip) return seriesSkip
  const health = context.ready(source)
  if (!health.ready) return skip(name, 'breaker_open', `${name} ${health.message}`, health.retryAt)
  const budget = context.budget(source, scopesFor(tier, KIND_OF_NEED[request.need]))
  if (!budget.free) {
    const message = `the calls that ${name} allows for now are spent`
    return skip(name, 'budget_gone', message, budget.retryAt)
  }
  return { verdict: 'try', name, source, provider, access, probe: health.probe }
}

const scopesFor = ({ limits }: DataTier, kind: DataKind): string[] => [
  ...new Set(limits.filter(({ kinds }) => !kinds || kinds.includes(kind)).map(({ scope }) => scope)),
]

function connectionSkip(source: RoutedSource, wallNow: Micros): SkipStep | null {
  const { name, state, message, provider } = source
  if (state === 'paused') return skip(name, 'paused', message ?? `${name} is switched off by its owner`)
  if (state === 'expired') return skip(name, 'expired', message ?? signInAgain(name))
  if (state === 'not_connected' || provider === null)
    return skip(name, 'not_connected', message ?? `${name} is not connected: its credentials are not set`)
  const expiresAt = provider.authExpiresAt?.() ?? null
  return expiresAt !== null && expiresAt <= wallNow ? skip(name, 'expired', signInAgain(name)) : null
}

const signInAgain = (name: string) => `the sign-in of ${name} has expired; connect it again`

function capabilityFault(
  provider: IDataProvider,
  capability: Capability | undefined,
  { need, assetClass, series }: PlanRequest,
): string | null {
  const lacks = (what: string) => `has no ${what} of ${assetClass}`
  if (!capability) return `has no ${assetClass}`
  switch (need) {
    case 'quote':
      return capability.quotes ? null : lacks('quotes')
    case 'snapshot':
      return capability.snapshots === null ? lacks('snapshots') : null
    case 'bars':
      return series && capability.bars.includes(series.timeframe) ? null : lacks(`${series?.timeframe} bars`)
    case 'fundamentals':
      return capability.fundamentals && provider.getFundamentals ? null : lacks('fundamentals')
    case 'options':
      return capability.options && provider.getOptionsChain ? null : lacks('options chains')
  }
}

function seriesFault(
  name: string,
  { timeframe, from, basis, continues }: SeriesNeed,
  o: { capability: Capability; access: TierAccess; context: PlanContext },
): SkipStep | null {
  const { marketNow } = o.context
  // The first minute of the oldest day is gone before an answer is here.
  const outOfReach = (days: number | undefined): days is number =>
    days !== undefined && from < marketNow - days * DAY_US + MINUTE_US
  const keeps = o.capability.barsDays?.[timeframe]
  if (outOfReach(keeps))
    return skip(
      name,
      'no_capability',
      `${name} keeps ${timeframe} bars for ${keeps} days; ask for a later start`,
    )
  const entitled = o.access.historyDays
  if (outOfReach(entitled)) {
    const message = `the plan of ${name} goes back ${entitled} days; ask for a later start`
    return skip(name, 'not_entitled', message)
  }
  if (continues && continues.source !== name)
    return skip(
      name,
      'other_feed',
      `the series was begun with ${continues.source} and is not continued by another`,
    )
  const wanted = basis ?? continues?.basis
  const has = o.capability.barsBasis
  if (wanted === undefined || wanted === has) return null
  const fault = o.context.conversionFault(has, wanted)
  return fault === null
    ? null
    : skip(name, 'other_basis', `${name} has ${has} prices, not ${wanted}: ${fault}`)
}
