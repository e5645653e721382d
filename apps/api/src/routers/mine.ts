// What a signed-in person owns: sources, orders, pins, simulated outages.
import { assetClassSchema, dataKindSchema } from '@onetape/market'
import type { ProbeFindings, Proposal } from '@onetape/providers'
import { z } from 'zod'
import { ORDER_MAX, OUTAGE_MINUTES_MAX } from '../mine/preferences.ts'
import type {
  MineChange,
  MySource,
  OrdersReport,
  OutageReport,
  PinReport,
  ProbeAnswer,
  ProblemReport,
  VendorReport,
} from '../mine/reports.ts'
import { router, userProcedure } from '../trpc.ts'
import { keySchema } from './series.ts'

const LABEL_MAX = 60
const FIELDS_MAX = 8
const NAME_MAX = 64
/** What no one types into a name: controls, and signs that turn the reading around. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u

const id = z.uuid()
const version = z.number().int().min(0).max(2_147_483_647)
const source = z.string().min(1).max(NAME_MAX)
const label = z
  .string()
  .max(LABEL_MAX * 4)
  .transform((text) => text.trim().normalize('NFC'))
  .pipe(
    z
      .string()
      .min(1, 'give it a name')
      .max(LABEL_MAX, `is too long, ${LABEL_MAX} characters at most`)
      .refine((text) => !UNSEEN.test(text), 'holds characters that cannot be seen'),
  )
/** Looked at field by field once the vendor is known; a complaint never holds what was typed. */
const credentials = z
  .record(z.string().max(NAME_MAX), z.string().max(4_096, 'is too long'))
  .refine((fields) => Object.keys(fields).length <= FIELDS_MAX, 'has too many fields')
const provider = z.string().min(1).max(NAME_MAX)
const tier = z.string().max(NAME_MAX).optional()
const assetClass = z.union([z.literal('all'), assetClassSchema])
const order = z.array(source).min(1, 'name one source at least').max(ORDER_MAX)
const place = z.strictObject({ kind: dataKindSchema, assetClass, order })
const seen = { id, version }

export const mine = router({
  vendors: userProcedure.query(({ ctx }): VendorReport[] => ctx.mine.vendors()),

  sources: userProcedure.query(({ ctx }): Promise<MySource[]> => ctx.mine.sources(ctx.user.id)),

  probe: userProcedure
    .input(z.strictObject({ provider, credentials, tier }))
    .mutation(({ ctx, input, signal }): Promise<ProbeAnswer> => ctx.mine.probe(ctx.user.id, input, signal)),

  connect: userProcedure
    .input(
      z.strictObject({
        ...{ provider, label, credentials, tier },
        name: source.optional(),
        orders: z.array(place).max(24).default([]),
      }),
    )
    .mutation(({ ctx, input, signal }): Promise<MySource> => ctx.mine.connect(ctx.user.id, input, signal)),

  places: userProcedure
    .input(z.strictObject({ id }))
    .query(({ ctx, input }): Promise<Proposal[]> => ctx.mine.places(ctx.user.id, input.id)),

  test: userProcedure
    .input(z.strictObject({ id }))
    .mutation(
      ({ ctx, input, signal }): Promise<ProbeFindings> => ctx.mine.test(ctx.user.id, input.id, signal),
    ),

  pause: userProcedure
    .input(z.strictObject({ ...seen, paused: z.boolean() }))
    .mutation(({ ctx, input }): Promise<MySource> => ctx.mine.pause(ctx.user.id, input)),

  rename: userProcedure
    .input(z.strictObject({ ...seen, label }))
    .mutation(({ ctx, input }): Promise<MySource> => ctx.mine.rename(ctx.user.id, input)),

  replaceKey: userProcedure
    .input(z.strictObject({ ...seen, credentials }))
    .mutation(({ ctx, input, signal }): Promise<MySource> => ctx.mine.replaceKey(ctx.user.id, input, signal)),

  setPrimary: userProcedure
    .input(z.strictObject({ id }))
    .mutation(({ ctx, input }): Promise<MySource> => ctx.mine.setPrimary(ctx.user.id, input.id)),

  remove: userProcedure
    .input(z.strictObject({ id }))
    .mutation(({ ctx, input }): Promise<void> => ctx.mine.remove(ctx.user.id, input.id)),

  signInBegin: userProcedure
    .input(z.strictObject({ provider, label, credentials, connectionId: id.optional() }))
    .mutation(
      ({ ctx, input }): Promise<{ url: string }> => ctx.mine.signInBegin(ctx.user.id, input, ctx.origin),
    ),

  orders: userProcedure.query(({ ctx }): Promise<OrdersReport> => ctx.mine.orders(ctx.user.id)),

  setOrder: userProcedure
    .input(z.strictObject({ kind: dataKindSchema, assetClass, order: order.nullable(), version }))
    .mutation(({ ctx, input }): Promise<{ version: number }> => ctx.mine.setOrder(ctx.user.id, input)),

  pins: userProcedure.query(({ ctx }): Promise<PinReport[]> => ctx.mine.pins(ctx.user.id)),

  setPin: userProcedure
    .input(z.strictObject({ key: keySchema, kind: dataKindSchema, source: source.nullable(), version }))
    .mutation(({ ctx, input }): Promise<{ version: number }> => ctx.mine.setPin(ctx.user.id, input)),

  outages: userProcedure.query(({ ctx }): Promise<OutageReport[]> => ctx.mine.outages(ctx.user.id)),

  simulateOutage: userProcedure
    .input(z.strictObject({ source, minutes: z.number().int().min(1).max(OUTAGE_MINUTES_MAX) }))
    .mutation(({ ctx, input }): Promise<OutageReport> => ctx.mine.simulateOutage(ctx.user.id, input)),

  endOutage: userProcedure
    .input(z.strictObject({ source }))
    .mutation(({ ctx, input }): Promise<void> => ctx.mine.endOutage(ctx.user.id, input.source)),

  problems: userProcedure
    .input(z.strictObject({ id }))
    .query(({ ctx, input }): Promise<ProblemReport[]> => ctx.mine.problems(ctx.user.id, input.id)),

  changes: userProcedure.subscription(async function* ({
    ctx,
    signal,
  }): AsyncGenerator<{ what: MineChange }, void> {
    yield* ctx.mine.changes(ctx.user.id, signal ?? new AbortController().signal)
  }),
})
