// What is asked of the sources themselves, each answer with its receipt.
import { basisSchema, dataKindSchema, timeframeSchema } from '@onetape/market'
import type { Decision, Receipt } from '@onetape/providers'
import { z } from 'zod'
import { ApiProblem } from '../errors.ts'
import type { StoredReceipt } from '../mine/reports.ts'
import type {
  BarsAnswer,
  FundamentalsAnswer,
  OptionsChainAnswer,
  ProvidersReport,
  QuoteAnswer,
  SnapshotAnswer,
} from '../routed/reports.ts'
import { tapeProcedure, userProcedure } from '../trpc.ts'
import { keySchema, rangeShape, unknownInstrument } from './series.ts'

const KEYS_MAX = 100
const BARS_MAX = 50_000
const RECEIPTS_MAX = 500
const date = z.iso.date()

const found = <T>(key: string, answer: T | null): T => {
  if (answer === null) throw unknownInstrument(key)
  return answer
}

const inOrder = (q: { from?: number; to?: number }) =>
  q.from === undefined || q.to === undefined || q.from < q.to
const ORDER = { message: 'must be before `to` (both are microseconds since 1970, UTC)', path: ['from'] }

export const routed = {
  quote: userProcedure
    .input(z.object({ key: keySchema }))
    .query(
      async ({ ctx, input, signal }): Promise<QuoteAnswer> =>
        found(input.key, await ctx.routed.forUser(ctx.user.id).quote(input.key, signal)),
    ),

  snapshot: userProcedure
    .input(z.object({ keys: z.array(keySchema).min(1).max(KEYS_MAX) }))
    .query(
      async ({ ctx, input, signal }): Promise<SnapshotAnswer> =>
        ctx.routed.forUser(ctx.user.id).snapshot([...new Set(input.keys)], signal),
    ),

  bars: userProcedure
    .input(
      z
        .object({
          key: keySchema,
          timeframe: timeframeSchema,
          ...rangeShape,
          basis: basisSchema.optional(),
          limit: z.number().int().min(1).max(BARS_MAX).default(500),
        })
        .refine(inOrder, ORDER),
    )
    .query(
      async ({ ctx, input, signal }): Promise<BarsAnswer> =>
        found(input.key, await ctx.routed.forUser(ctx.user.id).bars(input, signal)),
    ),

  fundamentals: userProcedure
    .input(z.object({ key: keySchema }))
    .query(
      async ({ ctx, input, signal }): Promise<FundamentalsAnswer> =>
        found(input.key, await ctx.routed.forUser(ctx.user.id).fundamentals(input.key, signal)),
    ),

  optionsChain: userProcedure
    .input(z.object({ key: keySchema, expiry: date.optional() }))
    .query(
      async ({ ctx, input, signal }): Promise<OptionsChainAnswer> =>
        found(input.key, await ctx.routed.forUser(ctx.user.id).optionsChain(input, signal)),
    ),

  explain: userProcedure
    .input(
      z
        .object({
          key: keySchema,
          kind: dataKindSchema,
          timeframe: timeframeSchema.optional(),
          ...rangeShape,
          basis: basisSchema.optional(),
        })
        .refine(inOrder, ORDER),
    )
    .query(
      async ({ ctx, input }): Promise<Decision> =>
        found(input.key, await ctx.routed.forUser(ctx.user.id).explain(input)),
    ),

  receipt: tapeProcedure
    .input(z.object({ key: keySchema }))
    .query(async ({ ctx, input }): Promise<Receipt> => {
      const receipt = await ctx.routed.receipt(input.key)
      if (receipt) return receipt
      throw new ApiProblem('not_found', `The tape holds no price of "${input.key}" yet.`)
    }),

  receipts: tapeProcedure
    .input(z.object({ key: keySchema, limit: z.number().int().min(1).max(RECEIPTS_MAX).default(50) }))
    .query(
      async ({ ctx, input }): Promise<StoredReceipt[]> => found(input.key, await ctx.routed.receipts(input)),
    ),

  providers: userProcedure.query(
    ({ ctx }): Promise<ProvidersReport> => ctx.routed.forUser(ctx.user.id).providers(),
  ),
}
