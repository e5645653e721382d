// Quotes and snapshots: TWS has no bulk call, so each symbol is one contract and one market-data snapshot of ~11 s.
import { type Snapshot, type SymbolRef, sessionAt, venueOf } from '@onetape/market'
import type { CallOptions, DroppedRow, Fetched, SnapshotsRequest } from '../contract.ts'
import { ProviderError } from '../errors.ts'
import { inPieces } from '../http/bounded.ts'
import { requireAccess } from '../require-access.ts'
import { requireCapability } from '../require-capability.ts'
import { counted } from './ask.ts'
import { capabilities } from './capabilities.ts'
import { NAME } from './codes.ts'
import { normalizeSnapshot } from './normalize.ts'
import type { IbkrContext } from './provider.ts'
import { applyTick, emptyState, hasPrice, type TickState } from './ticks.ts'
import type { TwsContract } from './tws.ts'

/** Well below the 100 lines of an account: a snapshot takes one until it ends. */
const IN_FLIGHT = 30

/** What a snapshot is complete with, so that nobody waits out its 11 s; what never comes is waited for. */
const COMPLETE: Record<SymbolRef['assetClass'], readonly (keyof TickState)[]> = {
  equity: ['bid', 'ask', 'last', 'lastTime', 'volume', 'open', 'high', 'low', 'close'],
  index: ['last', 'lastTime', 'open', 'high', 'low', 'close'],
  fx: ['bid', 'ask', 'bidSize', 'askSize'],
  option: ['bid', 'ask', 'last', 'bidSize', 'askSize', 'volume', 'greeks'],
  crypto: ['bid', 'ask', 'last'],
}

/** Around the session and at night much of it does not come: with these, a moment of silence is the end. */
const NEARLY: readonly (keyof TickState)[] = ['last', 'close']

export async function askTicks(
  { client, now }: Pick<IbkrContext, 'client' | 'now'>,
  contract: TwsContract,
  assetClass: SymbolRef['assetClass'],
  options?: CallOptions,
): Promise<TickState> {
  const isOpen = sessionAt(venueOf(assetClass), now()).state === 'open'
  let state = emptyState()
  const has = (fields: readonly (keyof TickState)[]) => fields.every((field) => state[field] !== undefined)
  await client.askSnapshot(
    contract,
    {
      begin: () => {
        state = emptyState()
      },
      onTick: (event) => {
        if (!applyTick(state, event)) return 'more'
        if (has(COMPLETE[assetClass])) return 'done'
        return !isOpen && has(NEARLY) ? 'nearly' : 'more'
      },
      // TWS takes its time to end one that is not complete: a price in time is worth more than all of it too late.
      isEnough: () => hasPrice(state),
    },
    options,
  )
  return state
}

type Asked = { ref: SymbolRef } & (
  | { snapshot: Snapshot; unreadable: number[] }
  | { missing: true }
  | { dropped: string; error?: ProviderError }
)

export async function fetchSnapshots(
  context: IbkrContext,
  { assetClass, refs }: SnapshotsRequest,
  options: CallOptions = {},
): Promise<Fetched<Snapshot>> {
  requireCapability(NAME, capabilities, { assetClass, need: 'snapshots', refs })
  requireAccess(NAME, context.tier, { assetClass, kind: 'quotes' })
  const { options: counting, calls } = counted(options)
  const inFlight = { limit: IN_FLIGHT, signal: options.signal }
  const { done, failure } = await inPieces(refs as readonly SymbolRef[], inFlight, (ref) =>
    askOne(context, ref, counting),
  )
  const refusals = done.flatMap((d) => ('error' in d && d.error ? [d.error] : []))
  // One symbol without a subscription must not hide the others; none with one is the answer.
  if (refusals.length > 0 && refusals.length === done.length) throw refusals[0]!
  return {
    rows: done.flatMap((d) => ('snapshot' in d ? [d.snapshot] : [])),
    dropped: done.flatMap(droppedOf),
    missing: done.flatMap((d) => ('missing' in d ? [d.ref] : [])),
    fetchedAt: context.now(),
    calls: calls(),
    ...(failure ? { failure } : {}),
  }
}

function droppedOf(asked: Asked): DroppedRow[] {
  const row = asked.ref.symbol
  if ('dropped' in asked) return [{ row, reason: asked.dropped }]
  if (!('snapshot' in asked) || asked.unreadable.length === 0) return []
  return [{ row, reason: `tick ${asked.unreadable.join(', ')} is not a number` }]
}

async function askOne(context: IbkrContext, ref: SymbolRef, options: CallOptions): Promise<Asked> {
  try {
    const contract = await context.contracts.resolve(ref, options)
    const state = await askTicks(context, contract, ref.assetClass, options)
    const { shareLot } = context
    const snapshot = normalizeSnapshot(state, { ref, receivedAt: context.now(), shareLot })
    if (typeof snapshot === 'string') return { ref, dropped: snapshot }
    return { ref, snapshot, unreadable: state.unreadable }
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error
    if (error.kind === 'not_found') return { ref, missing: true }
    if (error.kind === 'not_entitled') return { ref, dropped: error.message, error }
    throw error
  }
}
