// Which of Alpaca's tapes a price came from, how late that tape runs and how its bars are adjusted.
import type { AssetClass, Basis } from '@onetape/market'
import { type DataTier, tierOf } from '../capability.ts'
import type { Capabilities } from '../contract.ts'

/** SIP data is free when it is this old; free options prices are this late. */
export const DELAYED_MINUTES = 15

/** Crypto trades at Alpaca's own venue (location `us` in its addresses). */
export const CRYPTO_FEED = 'alpaca'

export interface Feed {
  name: string
  delayedMinutes: number
}

/** The tapes that one plan reads, by what they are asked for. */
export interface Feeds {
  quotes: Feed
  charts: Feed
  options: Feed
  stream: Feed
}

export function feedsOf(capabilities: Capabilities, tierName?: string): Feeds & { tier: DataTier } {
  const tier = tierOf(capabilities, tierName)
  const equity = tier.access.equity!
  const feed = (kind: keyof Feeds): Feed => {
    const access = equity[kind]!
    return { name: access.feed, delayedMinutes: access.delayedMinutes }
  }
  return {
    tier,
    quotes: feed('quotes'),
    charts: feed('charts'),
    options: feed('options'),
    stream: feed('stream'),
  }
}

export const cryptoFeed: Feed = { name: CRYPTO_FEED, delayedMinutes: 0 }

/** Shares are asked for with `adjustment=split`, as our other sources of shares are; the rest has nothing to adjust. */
export const basisOf = (assetClass: AssetClass): Basis => (assetClass === 'equity' ? 'split' : 'raw')
