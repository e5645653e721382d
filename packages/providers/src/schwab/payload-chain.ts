// What Schwab's option chains, expiries and company figures look like on the wire.
import { z } from 'zod'
import { parsed, requireSymbol, wireNumber } from './payload.ts'

const text = z.string().nullish()

export const contractSchema = z.looseObject({
  putCall: z.enum(['CALL', 'PUT']),
  /** OCC with a padded root; the predecessor wrote `F_121120C.5`. */
  symbol: z.string().min(1),
  bid: wireNumber,
  ask: wireNumber,
  last: wireNumber,
  bidSize: wireNumber,
  askSize: wireNumber,
  totalVolume: wireNumber,
  tradeTimeInLong: wireNumber,
  quoteTimeInLong: wireNumber,
  /** Percent. */
  volatility: wireNumber,
  delta: wireNumber,
  gamma: wireNumber,
  theta: wireNumber,
  vega: wireNumber,
  openInterest: wireNumber,
  strikePrice: z.number().positive(),
  multiplier: wireNumber,
})
export type ContractRow = z.infer<typeof contractSchema>

/** `{"2024-10-18:0": {"5.0": [contract]}}`: expiry and days to it, strike. */
const dates = z.record(z.string(), z.record(z.string(), z.array(z.unknown()))).nullish()

const chainEnvelope = z.looseObject({
  symbol: text,
  /** `FAILED` for an underlying without options, or unknown, with empty maps, inside a 200. */
  status: text,
  isDelayed: z.boolean().nullish(),
  underlyingPrice: wireNumber,
  callExpDateMap: dates,
  putExpDateMap: dates,
})

export interface Chain {
  symbol: string | null
  failed: boolean
  delayed: boolean
  underlyingPrice: number | null
  /** Contracts with the expiry under which they were listed. */
  contracts: { expiry: string; raw: unknown }[]
}

/** @param symbol The underlying asked for: contracts of another one are refused. */
export function parseChain(body: string, symbol: string | null): Chain {
  const chain = parsed(chainEnvelope, body)
  requireSymbol(chain.symbol, symbol)
  const maps = [chain.callExpDateMap ?? {}, chain.putExpDateMap ?? {}]
  return {
    symbol: chain.symbol ?? null,
    failed: chain.status === 'FAILED',
    delayed: chain.isDelayed === true,
    underlyingPrice: chain.underlyingPrice,
    contracts: maps.flatMap((map) =>
      Object.entries(map).flatMap(([key, strikes]) =>
        Object.values(strikes)
          .flat()
          .map((raw) => ({ expiry: key.slice(0, 10), raw })),
      ),
    ),
  }
}

const expirationsEnvelope = z.looseObject({
  expirationList: z.array(z.looseObject({ expirationDate: z.iso.date() })).nullish(),
})

/** `YYYY-MM-DD`, oldest first. */
export const parseExpirations = (body: string): string[] =>
  [...new Set((parsed(expirationsEnvelope, body).expirationList ?? []).map((e) => e.expirationDate))].sort()

export const instrumentSchema = z.looseObject({
  symbol: z.string().min(1),
  assetType: text,
  description: text,
  /** With `projection=fundamental` only. */
  fundamental: z
    .looseObject({
      high52: wireNumber,
      low52: wireNumber,
      dividendAmount: wireNumber,
      /** Percent. */
      dividendYield: wireNumber,
      peRatio: wireNumber,
      pbRatio: wireNumber,
      sharesOutstanding: wireNumber,
      marketCap: wireNumber,
      beta: wireNumber,
    })
    .nullish(),
})
export type InstrumentRow = z.infer<typeof instrumentSchema>

const listEnvelope = z.looseObject({ instruments: z.array(z.unknown()).nullish() })

/** A list; one row bare where it was asked by CUSIP; a map by symbol in the predecessor's form. */
export function parseInstruments(body: string): unknown[] {
  const json = parsed(z.looseObject({}), body)
  const list = listEnvelope.safeParse(json)
  if (list.success && list.data.instruments) return list.data.instruments
  if ('symbol' in json) return [json]
  return 'instruments' in json ? [] : Object.values(json)
}
