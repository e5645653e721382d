import type { Health } from '../health.ts'
import { publicProcedure, router } from '../trpc.ts'

export const health = router({
  get: publicProcedure.query(({ ctx }): Promise<Health> => ctx.health.read()),

  watch: publicProcedure.subscription(async function* ({ ctx, signal }): AsyncGenerator<Health, void> {
    yield* ctx.health.watch(signal ?? new AbortController().signal)
  }),
})
