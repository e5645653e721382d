// Which of Polygon's tapes a price came from, and how its bars are adjusted.
import type { AssetClass, Basis } from '@onetape/market'

/** The Starter and Developer plans run this far behind; such answers say `status: DELAYED`. */
export const DELAYED_MINUTES = 15
/** The free plan sees a day once it is over. */
export const END_OF_DAY_MINUTES = 24 * 60

const FEEDS: Record<AssetClass, string> = {
  equity: 'sip',
  option: 'opra',
  crypto: 'composite',
  fx: 'composite',
  index: 'index',
}

export const feedOf = (assetClass: AssetClass, delayed: boolean): string =>
  delayed ? 'delayed' : FEEDS[assetClass]

/** `adjusted=true` adjusts shares for splits as of the answer, never for dividends; the rest has nothing to adjust. */
export const basisOf = (assetClass: AssetClass): Basis => (assetClass === 'equity' ? 'split' : 'raw')
