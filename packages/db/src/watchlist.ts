// Watchlists as their readers and writers speak of them.
import type { AssetClass } from '@onetape/market'

export interface WatchlistItem {
  key: string
  /** The current house symbol. */
  symbol: string
  name: string | null
  assetClass: AssetClass
}

export interface Watchlist {
  id: string
  name: string
  version: number
  /** In the user's order. */
  items: WatchlistItem[]
}

/** What one user may keep; past it a write throws. */
export const WATCHLISTS_MAX = 50
export const WATCHLIST_ITEMS_MAX = 500
export const WATCHLIST_NAME_MAX = 60

/** A list that cannot be as it was asked for; the message is one line for its owner. */
export class WatchlistProblem extends Error {
  override name = 'WatchlistProblem'
  readonly kind: 'not_found' | 'name_taken' | 'too_many' | 'unknown_instrument'

  constructor(kind: WatchlistProblem['kind'], message: string) {
    super(message)
    this.kind = kind
  }
}

export const noSuchList = (): WatchlistProblem =>
  new WatchlistProblem('not_found', 'You have no such list; it may have been removed in another tab.')
