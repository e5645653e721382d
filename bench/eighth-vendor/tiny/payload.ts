// What Tiny's bodies look like on the wire.
import { z } from 'zod'
import { ProviderError } from '../errors.ts'
import { parseJson } from '../http/json.ts'

export const priceSchema = z.looseObject({
  s: z.string().min(1),
  p: z.number().positive(),
  /** Unix milliseconds. */
  t: z.number().int(),
})
export type PriceRow = z.infer<typeof priceSchema>

const envelope = z.looseObject({ prices: z.array(z.unknown()) })

export function parsePrices(body: string): unknown[] {
  const result = envelope.safeParse(parseJson(body, 'Tiny'))
  if (result.success) return result.data.prices
  throw new ProviderError('malformed', 'Tiny answered in an unknown shape', { provider: 'tiny' })
}
