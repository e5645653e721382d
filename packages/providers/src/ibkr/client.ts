// The messages of the TWS socket that we send, and what comes of them.
import type { CallOptions, Metered, ProviderDeps } from '../contract.ts'
import { createAsk, type Progress, pay } from './ask.ts'
import type { Link, Listener } from './link.ts'
import type { HistoryRequest, TwsBar, TwsChain, TwsContract, TwsEvent } from './tws.ts'

const MESSAGE: Metered = { scope: 'messages', weight: 1 }
const BARS: Metered = { scope: 'bars', weight: 1 }

/** TWS ends a snapshot after about 11 s, whatever came. */
const SNAPSHOT_MS = 12_000
/** A house that waits for less takes what came so long before its deadline. */
const EARLY_MS = 500
const snapshotMs = (timeoutMs: number): number =>
  Math.min(SNAPSHOT_MS, Math.max(timeoutMs - EARLY_MS, 0.9 * timeoutMs))

/** Who reads the ticks of a snapshot. */
export interface TickReader {
  begin(): void
  onTick(event: TwsEvent): Progress
  /** Whether what came will do where nobody waits any longer. */
  isEnough(): boolean
}

export type TwsClient = ReturnType<typeof createTwsClient>

export function createTwsClient(deps: ProviderDeps, link: Link) {
  const ask = createAsk(deps, link)

  /** What comes one by one until the vendor ends the list. */
  async function askList<T>(
    o: Pick<Parameters<typeof ask>[0], 'what' | 'meters' | 'send' | 'cancel'>,
    pick: (event: TwsEvent) => T | undefined,
    options?: CallOptions,
  ): Promise<T[]> {
    let list: T[] = []
    const onEvent = (event: TwsEvent): Progress => {
      const item = pick(event)
      if (item !== undefined) list.push(item)
      return 'more'
    }
    const begin = () => {
      list = []
    }
    await ask({ ...o, begin, onEvent, withinMs: deps.timeoutMs }, options)
    return list
  }

  return {
    askSnapshot: (contract: TwsContract, reader: TickReader, options?: CallOptions): Promise<void> =>
      ask(
        {
          what: 'reqMktData',
          meters: [MESSAGE],
          send: (session, id) => session.requestMarketData(id, { contract, snapshot: true }),
          cancel: (session, id) => session.cancelMarketData(id),
          begin: reader.begin,
          onEvent: reader.onTick,
          isEnough: reader.isEnough,
          withinMs: snapshotMs(deps.timeoutMs),
        },
        options,
      ),

    askHistory: (request: HistoryRequest, options?: CallOptions): Promise<TwsBar[]> =>
      askList(
        {
          what: 'reqHistoricalData',
          meters: [MESSAGE, BARS],
          send: (session, id) => session.requestHistory(id, request),
          cancel: (session, id) => session.cancelHistory(id),
        },
        (event) => (event.type === 'bar' ? event.bar : undefined),
        options,
      ),

    askContracts: (contract: TwsContract, options?: CallOptions): Promise<TwsContract[]> =>
      askList(
        {
          what: 'reqContractDetails',
          meters: [MESSAGE],
          send: (session, id) => session.requestContract(id, contract),
        },
        (event) => (event.type === 'contract' ? event.contract : undefined),
        options,
      ),

    askChains: (
      underlying: Required<Pick<TwsContract, 'symbol' | 'secType' | 'conId'>>,
      options?: CallOptions,
    ): Promise<TwsChain[]> =>
      askList(
        {
          what: 'reqSecDefOptParams',
          meters: [MESSAGE],
          send: (session, id) => session.requestChain(id, underlying),
        },
        (event) => (event.type === 'chain' ? event.chain : undefined),
        options,
      ),

    /** A sign of life asked for, within the budget; answered as `alive` on the link. */
    async ping(): Promise<void> {
      const releases = await pay(deps, [MESSAGE], {}).catch(() => null)
      for (const release of releases ?? []) release()
      if (releases) link.ping()
    },

    /** Ticks until the returned function is called; the message is paid for, the line is kept. */
    async follow(contract: TwsContract, listener: Listener, options: CallOptions = {}): Promise<() => void> {
      const session = await link.ready()
      for (const release of await pay(deps, [MESSAGE], options)) release()
      const id = link.listen(listener)
      session.requestMarketData(id, { contract, snapshot: false })
      return () => {
        link.forget(id)
        session.cancelMarketData(id)
      }
    },
  }
}
