// Tiny's rows as quotes.
import { microsFromMillis, type Quote } from '@onetape/market'
import type { PriceRow } from './payload.ts'

export const FEED = 'tiny'

export const normalizePrice = ({ s, p, t }: PriceRow): Quote => ({
  assetClass: 'equity',
  symbol: s,
  ts: microsFromMillis(t),
  tsOrigin: 'vendor',
  last: p,
  bid: null,
  ask: null,
  bidSize: null,
  askSize: null,
  volume: null,
  feed: FEED,
  delayedMinutes: 0,
  currency: 'USD',
})
