import { tracked } from '@trpc/server'
import { z } from 'zod'
import type { QuoteRow } from '../quote-row.ts'
import { tapeQuotesInput, tapeQuotesSchema } from '../routed/tape-quotes-schema.ts'
import { router, tapeProcedure } from '../trpc.ts'

const KEYS_MAX = 500
const keys = z.array(z.string().min(1).max(64)).max(KEYS_MAX)

/** What a follower of the tape may say; `lastEventId` also comes as the header of that name. */
export const liveInput = z.object({ lastEventId: z.string().max(64).nullish(), keys: keys.nullish() })

export const quotes = router({
  latest: tapeProcedure
    .input(z.object({ keys: keys.optional() }))
    .query(({ ctx, input }): { cursor: string; rows: QuoteRow[] } => ctx.quotes.latest(input.keys)),

  /** As `GET /api/quotes` answers: with receipts, by symbol or key. */
  held: tapeProcedure
    .input(tapeQuotesInput)
    .output(tapeQuotesSchema)
    .query(({ ctx, input }) => ctx.routed.held.read(input.symbols)),

  /** Over HTTP answered by live/route.ts, before it comes here; both follow the same hub. */
  live: tapeProcedure.input(liveInput).subscription(async function* ({ ctx, input, signal }) {
    const followed = ctx.quotes.follow({
      lastEventId: input.lastEventId || null,
      keys: input.keys ?? null,
      signal: signal ?? new AbortController().signal,
      disconnect: ctx.disconnect,
    })
    for await (const { id, delta } of followed) yield tracked(id, delta)
  }),
})
