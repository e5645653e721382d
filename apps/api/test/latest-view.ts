import type { LatestView } from '@onetape/db'

/** A row of the tape for tests that have no database. */
export function latestView(symbol: string, given: Partial<LatestView> & { batchId: number }): LatestView {
  return {
    instrumentId: [...symbol].reduce((n, c) => n * 37 + c.charCodeAt(0), 7),
    key: `equity:US:${symbol}`,
    symbol,
    assetClass: 'equity',
    name: null,
    currency: 'USD',
    ts: 1_700_000_000_000_000,
    fetchedAt: 1_700_000_001_000_000,
    source: 'polygon',
    feed: 'delayed',
    delayedMinutes: 15,
    tsOrigin: 'vendor',
    last: 100,
    bid: null,
    ask: null,
    bidSize: null,
    askSize: null,
    dayOpen: null,
    dayHigh: null,
    dayLow: null,
    dayClose: null,
    volume: null,
    previousClose: 99.5,
    sessionDate: '2023-11-14',
    ...given,
  }
}
