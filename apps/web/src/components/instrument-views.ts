// What an instrument's page can show beside its quote, by asset class.
import type { AssetClass } from '@onetape/market'

export const INSTRUMENT_VIEWS = ['chart', 'fundamentals', 'options'] as const
export type InstrumentView = (typeof INSTRUMENT_VIEWS)[number]

/** Coins and currencies report no figures and have no chains that a source of ours lists. */
export const viewsOf = (assetClass: AssetClass): readonly InstrumentView[] => {
  if (assetClass === 'equity') return INSTRUMENT_VIEWS
  return assetClass === 'index' ? ['chart', 'options'] : ['chart']
}
