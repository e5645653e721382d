// Quotes and snapshots: TWS has no bulk call, so each symbol is one contract and one market-data snapshot of ~11 s.
import type { Snapshot, SymbolRef } from '@onetape/market'
import type { CallOptions, DroppedRow, Fetched, SnapshotsRequest } from '../contract.ts'
import { ProviderError } from '../errors.ts'
import { inPieces } from '../http/bounded.ts'
import { requireAccess } from '../require-access.ts'
import { requireCapability } from '../require-capability.ts'
import { capabilities } from './capabilities.ts'
import { NAME } from './codes.ts'
import { normalizeSnapshot, volumeLotOf } from './normalize.ts'
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

export async function askTicks(
  { client }: Pick<IbkrContext, 'client'>,
  contract: TwsContract,
  assetClass: SymbolRef['assetClass'],
  options?: CallOptions,
): Promise<TickState> {
  const state = emptyState()
  const isComplete = () => COMPLETE[assetClass].every((field) => state[field] !== undefined)
  const onTick = (event: Parameters<typeof applyTick>[1]) => applyTick(state, event) && isComplete()
  await client.askSnapshot(contract, { onTick, isEnough: () => hasPrice(state) }, options)
  return state
}

type Asked =
  | { ref: SymbolRef; calls: number; snapshot: Snapshot }
  | { ref: SymbolRef; calls: number; missing: true }
  | { ref: SymbolRef; calls: number; dropped: string; error?: ProviderError }

export async function fetchSnapshots(
  context: IbkrContext,
  { assetClass, refs }: SnapshotsRequest,
  options: CallOptions = {},
): Promise<Fetched<Snapshot>> {
  requireCapability(NAME, capabilities, { assetClass, need: 'snapshots', refs })
  requireAccess(NAME, context.tier, { assetClass, kind: 'quotes' })
  const inFlight = { limit: IN_FLIGHT, signal: options.signal }
  const { done, failure } = await inPieces(refs as readonly SymbolRef[], inFlight, (ref) =>
    askOne(context, ref, options),
  )
  const refusals = done.flatMap((d) => ('error' in d && d.error ? [d.error] : []))
  // One symbol without a subscription must not hide the others; none with one is the answer.
  if (refusals.length > 0 && refusals.length === done.length) throw refusals[0]!
  return {
    rows: done.flatMap((d) => ('snapshot' in d ? [d.snapshot] : [])),
    dropped: done.flatMap((d): DroppedRow[] =>
      'dropped' in d ? [{ row: d.ref.symbol, reason: d.dropped }] : [],
    ),
    missing: done.flatMap((d) => ('missing' in d ? [d.ref] : [])),
    fetchedAt: context.now(),
    calls: done.reduce((sum, d) => sum + d.calls, 0),
    ...(failure ? { failure } : {}),
  }
}

async function askOne(context: IbkrContext, ref: SymbolRef, options: CallOptions): Promise<Asked> {
  let calls = 0
  try {
    const { contract, calls: spent } = await context.contracts.resolve(ref, options)
    calls += spent + 1
    const state = await askTicks(context, contract, ref.assetClass, options)
    const receivedAt = context.now()
    const volumeLot = volumeLotOf(ref.assetClass)
    const snapshot = normalizeSnapshot(state, { ref, receivedAt, volumeLot })
    return typeof snapshot === 'string' ? { ref, calls, dropped: snapshot } : { ref, calls, snapshot }
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error
    if (error.kind === 'not_found') return { ref, calls: Math.max(calls, 1), missing: true }
    if (error.kind === 'not_entitled') return { ref, calls, dropped: error.message, error }
    throw error
  }
}
