// What a provider says of itself as data: kinds of data per asset class, tiers, limits. A test holds it to its word.
import type { AssetClass, Basis, DataKind, Timeframe } from '@onetape/market'

export interface Capability {
  quotes: boolean
  /** `market`: one call answers for every symbol; `list`: one call for many; `single`: one call each. */
  snapshots: 'market' | 'list' | 'single' | null
  bars: readonly Timeframe[]
  /** Basis of the bars that this provider asks the vendor for. */
  barsBasis: Basis
  reference: boolean
  /** How many days back the vendor keeps bars of a timeframe; absent where there is no such limit. */
  barsDays?: Partial<Record<Timeframe, number>>
  /** `listCorporateActions`: `market` lists all symbols in one listing, `list` and `single` as with snapshots. */
  corporateActions: 'market' | 'list' | 'single' | null
  fundamentals: boolean
  /** Chains whose underlying is of this asset class. */
  options: boolean
  stream: boolean
}

/** What a tier sees of one kind of data. */
export interface TierAccess {
  /** 0 for live. */
  delayedMinutes: number
  feed: string
  /** Days back that this tier may ask for; absent where only the vendor's own depth limits it. */
  historyDays?: number
}

export type AccessKind = DataKind | 'stream'

/** A plan of the vendor: what it grants and how much may be asked. */
export interface DataTier {
  /** `free`, `starter`, `sip`: what the tier setting holds. */
  name: string
  label: string
  /** What is absent here the vendor refuses as not entitled; no call is spent on it. */
  access: Partial<Record<AssetClass, Partial<Record<AccessKind, TierAccess>>>>
  limits: readonly BudgetLimit[]
  /** Symbols that one stream connection takes; null when unlimited. */
  streamSymbolsMax?: number | null
}

/**
 * How much a credential may ask of one metered scope (`rest`, `bars`, `messages`): calls in any sliding window, or
 * calls under way at one time. One scope may have several.
 */
export type BudgetLimit = {
  scope: string
  /** What its calls are made for, where it does not meter all: a spent stream budget keeps nobody from quotes. */
  kinds?: readonly AccessKind[]
} & ({ kind: 'window'; calls: number; windowMs: number } | { kind: 'concurrent'; calls: number })

export interface Capabilities {
  byAssetClass: Partial<Record<AssetClass, Capability>>
  /** Credential fields that must be given; empty for a keyless vendor. */
  credentials: readonly string[]
  /** Most symbols that one snapshot call takes; null when unlimited. */
  snapshotSymbolsMax: number | null
  /** Best first; at least one. */
  tiers: readonly DataTier[]
  /** The tier taken when nobody says which. */
  defaultTier: string
}

export const tierOf = (capabilities: Capabilities, name?: string): DataTier =>
  capabilities.tiers.find((t) => t.name === (name ?? capabilities.defaultTier)) ?? capabilities.tiers[0]!
