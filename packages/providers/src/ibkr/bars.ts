// Historical bars: pieces of the longest duration that the vendor serves, within its rules of pacing.
import { type Bar, isIntraday } from '@onetape/market'
import { inOrder } from '../bar-time.ts'
import type { BarsRequest, CallOptions, Fetched } from '../contract.ts'
import { allPieces } from '../http/bounded.ts'
import { pause } from '../http/retry.ts'
import { requireAccess } from '../require-access.ts'
import { requireCapability } from '../require-capability.ts'
import { readRows } from '../wire-rows.ts'
import { counted } from './ask.ts'
import { capabilities } from './capabilities.ts'
import { NAME, unavailable } from './codes.ts'
import { piecesOf, stretched, whatToShow } from './history.ts'
import { normalizeBar } from './normalize-bars.ts'
import { barSchema } from './payload.ts'
import type { IbkrContext } from './provider.ts'
import type { HistoryRequest, TwsBar } from './tws.ts'

/** Pieces of one series asked at a time. */
const IN_FLIGHT = 3

export async function fetchBars(
  context: IbkrContext,
  request: BarsRequest,
  options: CallOptions = {},
): Promise<Fetched<Bar>> {
  const { ref, timeframe, from, to } = request
  const { assetClass } = ref
  requireCapability(NAME, capabilities, { assetClass, need: 'bars', timeframe })
  const access = requireAccess(NAME, context.tier, { assetClass, kind: 'charts' })
  const pieces = piecesOf(timeframe, { from, to, now: context.now() })
  if (pieces.length === 0) return { rows: [], dropped: [], missing: [], fetchedAt: context.now(), calls: 0 }
  const { options: counting, calls } = counted(options)
  const contract = await context.contracts.resolve(ref, counting)
  const inFlight = { limit: IN_FLIGHT, signal: options.signal }
  const answers = await allPieces(pieces, inFlight, (piece) =>
    askPaced(
      context,
      {
        contract,
        ...piece,
        whatToShow: whatToShow(assetClass),
        // Minutes with the hours around the session, as other vendors give them; a day is its regular session.
        regularHoursOnly: !isIntraday(timeframe),
      },
      counting,
    ),
  )
  const fetchedAt = context.now()
  const delayed = access.delayedMinutes > 0
  const { shareLot } = context
  const { rows, dropped } = readRows(answers.flat(), {
    schema: barSchema,
    nameOf: (raw) => (raw as TwsBar).time,
    normalize: (row) => normalizeBar(row, { ref, timeframe, delayed, shareLot, fetchedAt }),
  })
  // A duration may reach further back than asked.
  const { bars } = inOrder(rows.filter((bar) => bar.ts >= from && bar.ts < to))
  return { rows: bars, dropped, missing: [], fetchedAt, calls: calls() }
}

async function askPaced(
  { client, pacing, deps }: IbkrContext,
  request: HistoryRequest,
  options: CallOptions,
): Promise<TwsBar[]> {
  const contract = String(request.contract.conId)
  const patience = AbortSignal.timeout(deps.timeoutMs)
  const signal = options.signal ? AbortSignal.any([options.signal, patience]) : patience
  for (let waitMs = pacing.waitMs(contract); waitMs > 0; waitMs = pacing.waitMs(contract)) {
    await pause(waitMs, signal).catch(() =>
      Promise.reject(unavailable('was not asked for bars in time: five in two seconds are its measure')),
    )
  }
  const repeated = pacing.asked(JSON.stringify(request), contract)
  return client.askHistory({ ...request, duration: stretched(request.duration, repeated) }, options)
}
