import type { AssetClass } from '@onetape/market'

/**
 * Nobody knows how much is dealt in a pair of currencies, and an index is not dealt in: what vendors send there counts
 * price updates, or the shares of others. It is unknown.
 */
export const volumeOf = (assetClass: AssetClass, volume: number | null): number | null =>
  assetClass === 'fx' || assetClass === 'index' ? null : volume
