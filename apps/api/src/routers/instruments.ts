import { z } from 'zod'
import type { FoundInstrument, InstrumentPage } from '../ports.ts'
import { router, tapeProcedure } from '../trpc.ts'
import { unknownInstrument } from './series.ts'

export const instruments = router({
  search: tapeProcedure
    .input(z.object({ text: z.string().max(64), limit: z.number().int().min(1).max(50).default(20) }))
    .query(async ({ ctx, input }): Promise<FoundInstrument[]> => {
      const text = input.text.trim()
      return text === '' ? [] : ctx.tape.search({ text, limit: input.limit })
    }),

  get: tapeProcedure
    .input(z.object({ key: z.string().min(1).max(64) }))
    .query(async ({ ctx, input }): Promise<InstrumentPage> => {
      const page = await ctx.tape.instrument(input.key)
      if (!page) throw unknownInstrument(input.key)
      return page
    }),
})
