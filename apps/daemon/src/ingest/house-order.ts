// What the daemon sweeps, and which provider is asked first. The same order decides which source's event may replace
// another's in the latest prices.
export { houseOrder as HOUSE_ORDER } from '@onetape/providers'

/** Asset classes that the daemon sweeps. */
export const SWEPT_ASSET_CLASSES = ['equity', 'crypto', 'fx', 'index'] as const
export type SweptAssetClass = (typeof SWEPT_ASSET_CLASSES)[number]
