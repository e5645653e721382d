import type { AssetClass, Micros } from '@onetape/market'

/** One instrument as the dashboard reads it: its newest quote, the day around it, and who said so when. */
export interface QuoteRow {
  key: string
  symbol: string
  assetClass: AssetClass
  name: string | null
  last: number | null
  /** `last - previousClose`, rounded to the digits the two prices carry. */
  change: number | null
  /** In percent: 1.5 means one and a half percent. */
  changePct: number | null
  bid: number | null
  ask: number | null
  bidSize: number | null
  askSize: number | null
  /** Cumulative volume of the session at `ts`. */
  volume: number | null
  dayOpen: number | null
  dayHigh: number | null
  dayLow: number | null
  previousClose: number | null
  /** Event time by the vendor's clock. */
  ts: Micros
  /** Market time at which we had it. */
  fetchedAt: Micros
  source: string
  feed: string
  delayedMinutes: number
  tsOrigin: 'vendor' | 'response'
  currency: string
  /** Trading date the day's figures belong to, `YYYY-MM-DD`. */
  sessionDate: string
  /**
   * Age of `ts` past which the quote is stale: twice its tier's cadence. Null when the row was served while its
   * venue was not in its regular session: nothing is owed then. A reader that keeps rows for long asks health's
   * `venues` whether the session has changed since.
   */
  staleAfterUs: number | null
  /** Ledger id of the batch that changed the row last. */
  batchId: number
}

/** What `quotes.live` sends: whole rows, so that applying one twice does no harm. */
export interface QuoteDelta {
  rows: QuoteRow[]
  /** True when `rows` is everything (of the keys asked for): forget what was held before. */
  full: boolean
}
