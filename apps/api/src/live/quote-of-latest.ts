import type { LatestView } from '@onetape/db'
import type { QuoteRow } from '../quote-row.ts'

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
    changePct: change === null ? null : Number(((change / row.previousClose!) * 100).toFixed(4)),
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

/** A difference of two prices has no more digits than they have: 234.56 - 230.11 is 4.45, not 4.449999999999989. */
function changeOf(last: number | null, previousClose: number | null): number | null {
  if (last === null || previousClose === null || previousClose <= 0) return null
  const digits = Math.max(decimalsOf(last), decimalsOf(previousClose))
  return Number((last - previousClose).toFixed(digits))
}

function decimalsOf(n: number): number {
  const [mantissa = '', exponent = '0'] = String(n).split('e')
  const decimals = (mantissa.split('.')[1]?.length ?? 0) - Number(exponent)
  return Math.min(Math.max(decimals, 0), 15)
}
