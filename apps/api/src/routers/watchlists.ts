import { z } from 'zod'
import { router, userProcedure } from '../trpc.ts'
import type { ExportedList, ImportReport, OwnWatchlists, Watchlist, Watchlists } from '../watchlists/ports.ts'
import { keySchema } from './series.ts'

const NAME_MAX = 60
const ITEMS_MAX = 500
const LISTS_MAX = 50
const TEXT_MAX = 100_000

const id = z.uuid()
const version = z.number().int().min(1)
const keys = z.array(keySchema).max(ITEMS_MAX, `a list holds at most ${ITEMS_MAX} instruments`)
const name = z
  .string()
  .trim()
  .min(1, 'a list needs a name')
  .max(NAME_MAX, `a name has at most ${NAME_MAX} characters`)
  // Control characters and the marks that turn text around: a name is shown in one line among others.
  .regex(/^[^\p{Cc}\p{Cf}\p{Cs}\p{Co}]*$/u, 'a name holds no control characters')

export const watchlists = router({
  list: userProcedure.query(({ ctx }): Promise<Watchlist[]> => own(ctx).list()),

  /** With items and a place: a list that was removed comes back. */
  create: userProcedure
    .input(
      z.object({ name, keys: keys.default([]), position: z.number().int().min(0).max(LISTS_MAX).optional() }),
    )
    .mutation(({ ctx, input }): Promise<{ id: string; version: number }> => own(ctx).create(input)),

  rename: userProcedure
    .input(z.object({ id, name, version }))
    .mutation(({ ctx, input }): Promise<{ version: number }> => own(ctx).change(input)),

  remove: userProcedure
    .input(z.object({ id }))
    .mutation(({ ctx, input }): Promise<{ removed: boolean }> => own(ctx).remove(input.id)),

  /** All lists in this order. */
  reorder: userProcedure
    .input(z.object({ ids: z.array(id).max(LISTS_MAX) }))
    .mutation(({ ctx, input }): Promise<void> => own(ctx).order(input.ids)),

  /** All items in this order. */
  setItems: userProcedure
    .input(z.object({ id, keys, version }))
    .mutation(({ ctx, input }): Promise<{ version: number }> => own(ctx).change(input)),

  add: userProcedure
    .input(z.object({ id, keys: keys.min(1) }))
    .mutation(({ ctx, input }): Promise<{ version: number; added: number }> => own(ctx).add(input)),

  drop: userProcedure
    .input(z.object({ id, keys: keys.min(1) }))
    .mutation(({ ctx, input }): Promise<{ version: number }> => own(ctx).drop(input)),

  /** Lines of symbols or keys, CSV or TSV, become a new list; what could not be taken is told line by line. */
  import: userProcedure
    .input(
      z.object({
        name,
        text: z.string().min(1).max(TEXT_MAX, `at most ${TEXT_MAX} characters are read at once`),
      }),
    )
    .mutation(({ ctx, input }): Promise<ImportReport> => own(ctx).import(input)),

  export: userProcedure
    .input(z.object({ id }))
    .query(({ ctx, input }): Promise<ExportedList> => own(ctx).export(input.id)),

  /** To be called again and again while a page shows the list: its symbols are asked for as often as any. */
  watch: userProcedure
    .input(z.object({ id }))
    .mutation(({ ctx, input }): Promise<{ renewWithinMs: number }> => own(ctx).watch(input.id)),
})

const own = (ctx: { watchlists: Watchlists; user: { id: string } }): OwnWatchlists =>
  ctx.watchlists(ctx.user.id)
