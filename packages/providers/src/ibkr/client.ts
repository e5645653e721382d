// The requests of the TWS socket: each paid for before, listened to until it ends, and told of afterwards.

import type { CallOptions } from '../call.ts'
import type { Metered, ProviderDeps } from '../contract.ts'
import { ProviderError } from '../errors.ts'
import { DELAYED_SHOWN, errorOfCode, isInformation, isNoData, NAME, unavailable } from './codes.ts'
import type { Link } from './link.ts'
import type {
  HistoryRequest,
  MarketDataRequest,
  TwsBar,
  TwsChain,
  TwsContract,
  TwsEvent,
  TwsSession,
} from './tws.ts'

const MESSAGE: Metered = { scope: 'messages', weight: 1 }
const BARS: Metered = { scope: 'bars', weight: 1 }

/** TWS ends a snapshot after about 11 s, whatever came. */
const SNAPSHOT_MS = 12_000

interface Ask {
  what: string
  meters: readonly Metered[]
  send(session: TwsSession, id: number): void
  /** Told to the vendor when we stop listening before it has ended. */
  cancel?(session: TwsSession, id: number): void
  /** True once there is no need to wait for more. */
  onEvent(event: TwsEvent): boolean
  withinMs: number
  /** True when what came until the deadline is an answer. */
  isEnough?(): boolean
}

export type TwsClient = ReturnType<typeof createTwsClient>

export function createTwsClient(deps: ProviderDeps, link: Link) {
  async function ask(o: Ask, options: CallOptions = {}): Promise<void> {
    const session = await link.ready()
    const releases = await pay(deps, o.meters, options)
    const sentAt = deps.wallClock.now()
    const told = (outcome: 'ok' | ProviderError['kind']) =>
      options.onCall?.({
        at: sentAt,
        what: o.what,
        scope: o.meters.at(-1)!.scope,
        outcome,
        status: null,
        latencyMs: (deps.wallClock.now() - sentAt) / 1000,
      })
    try {
      await answered(link, session, o, options.signal)
      told('ok')
    } catch (error) {
      const fault = error as ProviderError
      told(fault.kind)
      if (fault.kind === 'rate_limited') {
        deps.budget?.learn({ scope: o.meters.at(-1)!.scope, blockedForMs: fault.retryAfterMs ?? 1_000 })
      }
      throw error
    } finally {
      for (const release of releases) release()
    }
  }

  return {
    /** Ticks until `onTick` has seen enough, the vendor ends the snapshot, or the deadline passes with enough. */
    askSnapshot: (
      contract: TwsContract,
      { onTick, isEnough }: { onTick(event: TwsEvent): boolean; isEnough(): boolean },
      options?: CallOptions,
    ): Promise<void> =>
      ask(
        {
          what: 'reqMktData',
          meters: [MESSAGE],
          send: (session, id) => session.requestMarketData(id, { contract, snapshot: true }),
          cancel: (session, id) => session.cancelMarketData(id),
          onEvent: onTick,
          isEnough,
          withinMs: Math.min(SNAPSHOT_MS, deps.timeoutMs),
        },
        options,
      ),

    async askHistory(request: HistoryRequest, options?: CallOptions): Promise<TwsBar[]> {
      const bars: TwsBar[] = []
      await ask(
        {
          what: 'reqHistoricalData',
          meters: [MESSAGE, BARS],
          send: (session, id) => session.requestHistory(id, request),
          cancel: (session, id) => session.cancelHistory(id),
          onEvent: (event) => {
            if (event.type === 'bar') bars.push(event.bar)
            return false
          },
          withinMs: deps.timeoutMs,
        },
        options,
      )
      return bars
    },

    async askContracts(contract: TwsContract, options?: CallOptions): Promise<TwsContract[]> {
      const found: TwsContract[] = []
      await ask(
        {
          what: 'reqContractDetails',
          meters: [MESSAGE],
          send: (session, id) => session.requestContract(id, contract),
          onEvent: (event) => {
            if (event.type === 'contract') found.push(event.contract)
            return false
          },
          withinMs: deps.timeoutMs,
        },
        options,
      )
      return found
    },

    async askChains(
      underlying: Required<Pick<TwsContract, 'symbol' | 'secType' | 'conId'>>,
      options?: CallOptions,
    ): Promise<TwsChain[]> {
      const chains: TwsChain[] = []
      await ask(
        {
          what: 'reqSecDefOptParams',
          meters: [MESSAGE],
          send: (session, id) => session.requestChain(id, underlying),
          onEvent: (event) => {
            if (event.type === 'chain') chains.push(event.chain)
            return false
          },
          withinMs: deps.timeoutMs,
        },
        options,
      )
      return chains
    },

    /** A sign of life asked for, within the budget; answered as `alive` on the link. */
    async ping(): Promise<void> {
      const releases = await pay(deps, [MESSAGE], {}).catch(() => null)
      for (const release of releases ?? []) release()
      if (releases) link.ping()
    },

    /** Ticks until `stop`; the message is paid for, the line is kept. */
    async follow(
      request: Omit<MarketDataRequest, 'snapshot'>,
      listener: Parameters<Link['listen']>[0],
      options?: CallOptions,
    ): Promise<() => void> {
      const session = await link.ready()
      for (const release of await pay(deps, [MESSAGE], options ?? {})) release()
      const id = link.listen(listener)
      session.requestMarketData(id, { ...request, snapshot: false })
      return () => {
        link.forget(id)
        session.cancelMarketData(id)
      }
    },
  }
}

async function pay(
  deps: ProviderDeps,
  meters: readonly Metered[],
  { priority = 'live', signal }: CallOptions,
): Promise<(() => void)[]> {
  const releases: (() => void)[] = []
  for (const meter of meters) {
    const grant = await deps.budget?.take({ ...meter, priority, signal })
    if (!grant) continue
    if (grant.granted) {
      releases.push(() => grant.release())
      continue
    }
    for (const release of releases) release()
    throw new ProviderError('rate_limited', `the budget of ${NAME} is spent (${grant.limit})`, {
      provider: NAME,
      retryAfterMs: grant.retryAfterMs,
      origin: 'budget',
    })
  }
  return releases
}

/** Resolves when the request has ended well. */
async function answered(link: Link, session: TwsSession, o: Ask, signal?: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let isEnded = false
  const id = link.listen((event) => {
    if (event.type === 'gone') {
      isEnded = true
      reject(event.error)
    } else if (event.type === 'error') {
      if (event.code === DELAYED_SHOWN) o.onEvent({ type: 'dataType', value: 3 })
      if (isInformation(event.code)) return
      isEnded = true
      if (isNoData(event.code, event.message)) resolve()
      else reject(errorOfCode(event.code, event.message))
    } else if (event.type === 'end') {
      isEnded = true
      resolve()
    } else if (o.onEvent(event)) resolve()
  })
  const onAbort = () => reject(unavailable('was not waited for: the call was cancelled'))
  const onLate = () =>
    o.isEnough?.() ? resolve() : reject(unavailable(`did not answer ${o.what} within ${o.withinMs} ms`))
  const timer = setTimeout(onLate, o.withinMs)
  if (signal?.aborted) onAbort()
  signal?.addEventListener('abort', onAbort, { once: true })
  try {
    if (!signal?.aborted) o.send(session, id)
    await promise
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
    link.forget(id)
    if (!isEnded) o.cancel?.(session, id)
  }
}
