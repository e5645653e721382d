import type { Health } from '../health.ts'
import { procedure, router } from '../trpc.ts'

export const health = router({
  get: procedure.query(({ ctx }): Promise<Health> => ctx.health.read()),

  watch: procedure.subscription(async function* ({ ctx, signal }): AsyncGenerator<Health, void> {
    yield* ctx.health.watch(signal ?? new AbortController().signal)
  }),
})
