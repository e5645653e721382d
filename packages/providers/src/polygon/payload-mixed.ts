// Rows of `/v3/snapshot` and of options chains: other names than the older snapshots, one shape for every class.
import { z } from 'zod'
import { epoch } from './payload-snapshot.ts'

const number = z.number().nullish()
/** `DELAYED` or `REAL-TIME`, said per block. */
const timeframe = z.string().nullish()

const quoteBlock = z
  .looseObject({
    bid: number,
    ask: number,
    bid_size: number,
    ask_size: number,
    last_updated: epoch.nullish(),
    timeframe,
  })
  .nullish()

const tradeBlock = z
  .looseObject({
    price: number,
    /** Options say `sip_timestamp`, the rest `last_updated`. */
    sip_timestamp: epoch.nullish(),
    last_updated: epoch.nullish(),
    timeframe,
  })
  .nullish()

export const mixedSchema = z.looseObject({
  ticker: z.string().min(1),
  /** `NOT_FOUND`, `NOT_ENTITLED`: the row is about nothing then. */
  error: z.string().nullish(),
  message: z.string().nullish(),
  /** Indices have a level instead of trades. */
  value: number,
  last_updated: epoch.nullish(),
  timeframe,
  session: z
    .looseObject({
      open: number,
      high: number,
      low: number,
      close: number,
      previous_close: number,
      volume: number,
    })
    .nullish(),
  last_quote: quoteBlock,
  last_trade: tradeBlock,
})
export type MixedRow = z.infer<typeof mixedSchema>

export const contractSchema = z.looseObject({
  details: z.looseObject({
    ticker: z.string().min(1),
    contract_type: z.string(),
    expiration_date: z.iso.date(),
    strike_price: z.number().positive(),
    shares_per_contract: number,
  }),
  day: z.looseObject({ close: number, volume: number, last_updated: epoch.nullish() }).nullish(),
  greeks: z.looseObject({ delta: number, gamma: number, theta: number, vega: number }).nullish(),
  implied_volatility: number,
  open_interest: number,
  last_quote: quoteBlock,
  /** Absent on the Starter plan. */
  last_trade: tradeBlock,
  /** Indices have `value`. */
  underlying_asset: z.looseObject({ price: number, value: number }).nullish(),
})
export type ContractRow = z.infer<typeof contractSchema>

/** A row of `/v3/reference/options/contracts`. */
export const listedContractSchema = z.looseObject({
  ticker: z.string().min(1),
  underlying_ticker: z.string().min(1),
  expiration_date: z.iso.date(),
})
export type ListedContractRow = z.infer<typeof listedContractSchema>
