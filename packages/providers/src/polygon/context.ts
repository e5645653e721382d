// What every call of one Polygon source shares: its client, the clock and the plan it was bought with.
import type { AssetClass, Micros } from '@onetape/market'
import type { AccessKind, DataTier, TierAccess } from '../contract.ts'
import { requireAccess } from '../require-access.ts'
import type { PolygonClient } from './client.ts'

export const NAME = 'polygon'

export interface PolygonContext {
  client: PolygonClient
  tier: DataTier
  /** Market time. */
  now: () => Micros
}

export const accessTo = (c: PolygonContext, assetClass: AssetClass, kind: AccessKind): TierAccess =>
  requireAccess(NAME, c.tier, { assetClass, kind })
