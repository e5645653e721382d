// What a source gives, kind by kind: what its adapter implements, seen through its plan.
import type { AssetClass, Timeframe } from '@onetape/market'
import {
  type AccessKind,
  type Capabilities,
  type Capability,
  type DataTier,
  tierOf,
} from '@onetape/providers'
import type { MatrixCell, SourceReport } from './reports.ts'

const HAS: Readonly<Record<AccessKind, (capability: Capability) => boolean>> = {
  quotes: (c) => c.quotes,
  charts: (c) => c.bars.length > 0,
  fundamentals: (c) => c.fundamentals,
  options: (c) => c.options,
  stream: (c) => c.stream,
}
const KINDS = Object.keys(HAS) as AccessKind[]

const NONE: MatrixCell = { state: 'none', delayedMinutes: null, feed: null, historyDays: null }

export function matrixOf(
  capabilities: Capabilities,
  tierName: string,
): Pick<SourceReport, 'matrix' | 'timeframes' | 'tierLabel'> {
  const tier = tierOf(capabilities, tierName)
  const classes = Object.entries(capabilities.byAssetClass) as [AssetClass, Capability][]
  return {
    tierLabel: tier.label,
    matrix: Object.fromEntries(classes.map(([assetClass, c]) => [assetClass, rowOf(tier, assetClass, c)])),
    timeframes: Object.fromEntries(
      classes.map(([assetClass, c]): [AssetClass, Timeframe[]] => [assetClass, [...c.bars]]),
    ),
  }
}

const rowOf = (tier: DataTier, assetClass: AssetClass, capability: Capability) =>
  Object.fromEntries(
    KINDS.map((kind) => [kind, HAS[kind](capability) ? cellOf(tier, assetClass, kind) : NONE]),
  ) as Record<AccessKind, MatrixCell>

function cellOf(tier: DataTier, assetClass: AssetClass, kind: AccessKind): MatrixCell {
  const access = tier.access[assetClass]?.[kind]
  if (!access) return { ...NONE, state: 'not_entitled' }
  const { delayedMinutes, feed, historyDays = null } = access
  return { state: delayedMinutes > 0 ? 'delayed' : 'live', delayedMinutes, feed, historyDays }
}
