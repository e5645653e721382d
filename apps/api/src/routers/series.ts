import { basisSchema, timeframeSchema } from '@onetape/market'
import { z } from 'zod'
import { ApiProblem } from '../errors.ts'
import type { BarSeries } from '../ports.ts'
import { router, tapeProcedure } from '../trpc.ts'

/** The year 2200: past it a number is no instant in microseconds that anyone means. */
const INSTANT_MAX = 7_258_118_400_000_000
const instant = z.number().int().min(0).max(INSTANT_MAX)

export const keySchema = z.string().min(1).max(64)
/** Half-open, microseconds since 1970. */
export const rangeShape = { from: instant.optional(), to: instant.optional() }

export const series = router({
  get: tapeProcedure
    .input(
      z
        .object({
          key: keySchema,
          timeframe: timeframeSchema,
          ...rangeShape,
          limit: z.number().int().min(1).max(5_000).default(500),
          /**
           * Width of a screen in bars. With it the answer is all of the range in so many bars or fewer, none shorter than
           * `timeframe`, and says how long they are; `limit` does not count then.
           */
          points: z.number().int().min(10).max(10_000).optional(),
          source: z.string().min(1).max(64).optional(),
          /** Which of the source's series: one that is stored on this basis. */
          stored: basisSchema.optional(),
          /** What the bars are to stand on: they are converted by the tape's corporate actions where need be. */
          basis: basisSchema.optional(),
        })
        .refine((q) => q.from === undefined || q.to === undefined || q.from < q.to, {
          message: 'must be before `to` (both are microseconds since 1970, UTC)',
          path: ['from'],
        }),
    )
    .query(async ({ ctx, input }): Promise<BarSeries> => {
      const found = await ctx.tape.bars(input)
      if (!found) throw unknownInstrument(input.key)
      return found
    }),
})

export const unknownInstrument = (key: string): ApiProblem =>
  new ApiProblem(
    'not_found',
    `The tape has no instrument "${key}". Search by symbol or name to find its key.`,
  )
