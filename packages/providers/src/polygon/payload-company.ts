// Company figures on the wire: filed statements in their newer and older form, ratios, ticker details.
import { z } from 'zod'

const date = z.iso.date()

/** `/stocks/financials/v1/*`: the lines are fields of the row; a line that the company lacks is 0. */
export const statementSchema = z.looseObject({
  tickers: z.array(z.string()).nullish(),
  period_end: date,
  timeframe: z.enum(['quarterly', 'annual', 'trailing_twelve_months']),
  filing_date: z.string().nullish(),
})
export type StatementRow = z.infer<typeof statementSchema>

const lines = z.record(z.string(), z.looseObject({ value: z.number().nullish(), unit: z.string().nullish() }))

/** `/vX/reference/financials`: each line has its own label and unit. */
export const financialsSchema = z.looseObject({
  tickers: z.array(z.string()).nullish(),
  end_date: date,
  /** `Q1` to `Q4`, `FY`, `TTM`. */
  fiscal_period: z.string(),
  filing_date: z.string().nullish(),
  financials: z.looseObject({
    balance_sheet: lines.optional(),
    cash_flow_statement: lines.optional(),
    income_statement: lines.optional(),
  }),
})
export type FinancialsRow = z.infer<typeof financialsSchema>

const number = z.number().nullish()

export const ratiosSchema = z.looseObject({
  ticker: z.string().min(1),
  /** Trading date that the price in the ratios is of. */
  date,
  market_cap: number,
  price_to_earnings: number,
  price_to_book: number,
  dividend_yield: number,
  free_cash_flow: number,
})
export type RatiosRow = z.infer<typeof ratiosSchema>

export const detailsSchema = z.looseObject({
  ticker: z.string().min(1),
  name: z.string().nullish(),
  currency_name: z.string().nullish(),
  market_cap: number,
  /** Of this ticker's own class; `weighted_shares_outstanding` counts all classes of the company. */
  share_class_shares_outstanding: number,
})
export type DetailsRow = z.infer<typeof detailsSchema>
