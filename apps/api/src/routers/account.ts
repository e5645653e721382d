import { z } from 'zod'
import type { Me, SessionReport, UserReport } from '../auth/ports.ts'
import { ApiProblem } from '../errors.ts'
import { operatorProcedure, publicProcedure, router, userProcedure } from '../trpc.ts'

const id = z.string().min(1).max(64)

export const account = router({
  me: publicProcedure.query(({ ctx }): Promise<Me> => {
    if (ctx.unknownBecause) throw ctx.unknownBecause
    return ctx.accounts.me(ctx.user, ctx.session)
  }),

  sessions: userProcedure.query(
    ({ ctx }): Promise<SessionReport[]> => ctx.accounts.sessions(ctx.user, ctx.session),
  ),

  revokeSession: userProcedure.input(z.object({ id })).mutation(async ({ ctx, input }): Promise<void> => {
    if (await ctx.accounts.revokeSession(ctx.user, input.id)) return
    throw new ApiProblem('not_found', 'There is no such session of yours; it may have ended.')
  }),

  revokeOthers: userProcedure.mutation(
    async ({ ctx }): Promise<{ ended: number }> => ({
      ended: await ctx.accounts.revokeOthers(ctx.user, ctx.session),
    }),
  ),

  users: operatorProcedure.query(({ ctx }): Promise<UserReport[]> => ctx.accounts.users()),

  setRole: operatorProcedure
    .input(z.object({ userId: id, role: z.enum(['member', 'operator']) }))
    .mutation(async ({ ctx, input }): Promise<UserReport> => {
      const user = await ctx.accounts.setRole(input.userId, input.role)
      if (user) return user
      throw new ApiProblem('not_found', 'There is no such user.')
    }),
})
