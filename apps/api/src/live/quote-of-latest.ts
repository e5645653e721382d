import type { LatestView } from '@onetape/db'
import type { QuoteRow } from '../quote-row.ts'
import { changeOf, percentOf } from './change.ts'

/** The row of the tape as the dashboard reads it. Pure. */
export function quoteOfLatest(row: LatestView, staleAfterUs: number | null): QuoteRow {
  const change = changeOf(row.last, row.previousClose)
  return {
    key: row.key,
    symbol: row.symbol,
    assetClass: row.assetClass,
    name: row.name,
    last: row.last,
    change,
    changePct: percentOf(change, row.previousClose),
    bid: row.bid,
    ask: row.ask,
    bidSize: row.bidSize,
    askSize: row.askSize,
    volume: row.volume,
    dayOpen: row.dayOpen,
    dayHigh: row.dayHigh,
    dayLow: row.dayLow,
    previousClose: row.previousClose,
    ts: row.ts,
    fetchedAt: row.fetchedAt,
    source: row.source,
    feed: row.feed,
    delayedMinutes: row.delayedMinutes,
    tsOrigin: row.tsOrigin,
    currency: row.currency,
    sessionDate: row.sessionDate,
    staleAfterUs,
    batchId: row.batchId,
  }
}
