// `/v7/finance/options`: the expiries of an underlying, and calls and puts of one of them.
import { z } from 'zod'
import { parseJson } from '../http/json.ts'
import { errorSchema, parsed, vendorError } from './payload.ts'

const number = z.number().nullish()

export const contractSchema = z.looseObject({
  contractSymbol: z.string().min(1),
  strike: z.number().positive(),
  currency: z.string().nullish(),
  lastPrice: number,
  bid: number,
  ask: number,
  /** Absent where nothing traded. */
  volume: number,
  openInterest: number,
  impliedVolatility: number,
  /** `REGULAR` is 100 shares, `MINI` 10. */
  contractSize: z.string().nullish(),
  /** Unix seconds, like all times here; the expiry at midnight UTC. */
  expiration: z.number().positive(),
  lastTradeDate: number,
})
export type ContractRow = z.infer<typeof contractSchema>

const chainSchema = z.looseObject({
  underlyingSymbol: z.string().min(1),
  expirationDates: z.array(z.number()),
  quote: z.looseObject({ regularMarketPrice: number, currency: z.string().nullish() }).nullish(),
  /** Empty where the underlying has none. */
  options: z.array(
    z.looseObject({ expirationDate: number, calls: z.array(z.unknown()), puts: z.array(z.unknown()) }),
  ),
})
export type Chain = z.infer<typeof chainSchema>

const envelope = z.looseObject({
  optionChain: z.looseObject({ result: z.array(z.unknown()).nullish(), error: errorSchema.nullish() }),
})

/** @returns null where the vendor does not know the underlying. */
export function parseChain(text: string): Chain | null {
  const { optionChain } = parsed(envelope, parseJson(text, 'Yahoo'))
  if (optionChain.error) throw vendorError(optionChain.error)
  const first = optionChain.result?.[0]
  return first === undefined ? null : parsed(chainSchema, first)
}
