// What bars and ticks may hold; the SDK decodes frames and validates nothing.
import { z } from 'zod'

export const barSchema = z.object({
  /** Epoch seconds, or `YYYYMMDD`. */
  time: z.string().regex(/^\d{8}(\d{1,3})?$/, 'is neither epoch seconds nor a date'),
  open: z.number(),
  high: z.number(),
  low: z.number(),
  close: z.number(),
  /** -1 where there is none: midpoints, indices. */
  volume: z.number().nullish(),
})
export type BarRow = z.infer<typeof barSchema>
