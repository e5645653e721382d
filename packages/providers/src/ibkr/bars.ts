// Historical bars: pieces of the longest duration that the vendor serves, within its rules of pacing.
import { type Bar, isIntraday, type Micros } from '@onetape/market'
import { inOrder } from '../bar-time.ts'
import type { BarsRequest, CallOptions, Fetched } from '../contract.ts'
import { allPieces } from '../http/bounded.ts'
import { pause } from '../http/retry.ts'
import { requireAccess } from '../require-access.ts'
import { requireCapability } from '../require-capability.ts'
import { readRows } from '../wire-rows.ts'
import { capabilities } from './capabilities.ts'
import { NAME, unavailable } from './codes.ts'
import { piecesOf, whatToShow } from './history.ts'
import { volumeLotOf } from './normalize.ts'
import { normalizeBar } from './normalize-bars.ts'
import { barSchema } from './payload.ts'
import type { IbkrContext } from './provider.ts'
import type { HistoryRequest, TwsBar } from './tws.ts'

/** Pieces of one series asked at a time. */
const IN_FLIGHT = 3

/** An answer with the time at which it was complete: given again within 15 s, it is not a newer one. */
export interface History {
  bars: TwsBar[]
  fetchedAt: Micros
}

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
  const { contract, calls } = await context.contracts.resolve(ref, options)
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
      options,
    ),
  )
  const fetchedAt = Math.min(...answers.map((a) => a.history.fetchedAt))
  const delayed = access.delayedMinutes > 0
  const volumeLot = volumeLotOf(assetClass)
  const { rows, dropped } = readRows(
    answers.flatMap((a) => a.history.bars),
    {
      schema: barSchema,
      nameOf: (raw) => (raw as TwsBar).time,
      normalize: (row) => normalizeBar(row, { ref, timeframe, delayed, volumeLot, fetchedAt }),
    },
  )
  // A duration may reach further back than asked.
  const { bars } = inOrder(rows.filter((bar) => bar.ts >= from && bar.ts < to))
  const spent = answers.reduce((sum, a) => sum + a.calls, calls)
  return { rows: bars, dropped, missing: [], fetchedAt, calls: spent }
}

async function askPaced(
  { client, pacing, now, deps }: IbkrContext,
  request: HistoryRequest,
  options: CallOptions,
): Promise<{ history: History; calls: number }> {
  const key = JSON.stringify(request)
  const contract = String(request.contract.conId)
  // Another caller's answer is as good as ours; their change of mind is not ours.
  const recent = await pacing.recent(key)?.catch(() => null)
  if (recent) return { history: recent, calls: 0 }
  const patience = AbortSignal.timeout(deps.timeoutMs)
  const signal = options.signal ? AbortSignal.any([options.signal, patience]) : patience
  for (let waitMs = pacing.waitMs(contract); waitMs > 0; waitMs = pacing.waitMs(contract)) {
    await pause(waitMs, signal).catch(() =>
      Promise.reject(unavailable('was not asked for bars in time: five in two seconds are its measure')),
    )
  }
  const answer = client.askHistory(request, options).then((bars): History => ({ bars, fetchedAt: now() }))
  pacing.asked(key, contract, answer)
  return { history: await answer, calls: 1 }
}
