// The seam to @stoqey/ib: the only file here that knows its types. It speaks the TWS protocol over a TCP socket.
import {
  type BarSizeSetting,
  type Contract,
  type ContractDetails,
  EventName,
  IBApi,
  type OptionType,
  type SecType,
} from '@stoqey/ib'
import { Decoder } from '@stoqey/ib/dist/core/io/decoder.js'
import type { OpenTws, TwsContract, TwsEvent, TwsHandlers, TwsNotice } from './tws.ts'

/** Below the vendor's 50 a second; our own budget is asked first, this only smooths. */
const REQUESTS_PER_SECOND = 50
/** Live where there is a subscription, else delayed. */
const LIVE_OR_DELAYED = 3
/** Intraday bars in epoch seconds; days stay `YYYYMMDD`. */
const EPOCH = 2
/** The SDK's own: a frame that was too short. What is left over in a longer one is a newer server's, and harmless. */
const isUnreadable = (code: number, message: string) => code === 505 && message.startsWith('Underrun')

export const openTws: OpenTws = (address, handlers) => {
  // All four are given: with one absent the SDK would read the environment and a .env file.
  const api = new IBApi({ ...address, maxReqPerSec: REQUESTS_PER_SECOND })
  api.on(EventName.all, ((name: EventName, args: unknown[]) => dispatch(name, args ?? [], handlers)) as never)
  surviveBadFrames(api, handlers)
  api.once(EventName.nextValidId, () => {
    api.reqMarketDataType(LIVE_OR_DELAYED)
    handlers.onNotice({ type: 'ready' })
  })
  api.connect(address.clientId)
  return {
    requestMarketData: (id, { contract, snapshot }) =>
      void api.reqMktData(id, sdkContract(contract), '', snapshot, false),
    cancelMarketData: (id) => void api.cancelMktData(id),
    requestHistory: (id, r) =>
      void api.reqHistoricalData(
        id,
        sdkContract(r.contract),
        r.end,
        r.duration,
        r.barSize as BarSizeSetting,
        r.whatToShow,
        r.regularHoursOnly ? 1 : 0,
        EPOCH,
        false,
      ),
    cancelHistory: (id) => void api.cancelHistoricalData(id),
    requestContract: (id, contract) => void api.reqContractDetails(id, sdkContract(contract)),
    requestChain: (id, { symbol, secType, conId }) =>
      void api.reqSecDefOptParams(id, symbol, '', secType as unknown as SecType, conId),
    requestTime: () => void api.reqCurrentTime(),
    close: () => void api.disconnect(),
  }
}

/** An exception while a frame is decoded would surface on the socket and end the process. */
function surviveBadFrames(api: IBApi, handlers: TwsHandlers): void {
  const { decoder } = (api as unknown as { controller: { decoder: { process(): void } } }).controller
  const process = decoder.process.bind(decoder)
  decoder.process = () => {
    try {
      process()
    } catch (error) {
      handlers.onNotice({ type: 'malformed', message: (error as Error).message })
    }
  }
}

/** Reads one recorded frame (its fields in order) exactly as a live one. */
export function decodeFrame(fields: readonly string[], serverVersion: number): (TwsEvent | TwsNotice)[] {
  const seen: (TwsEvent | TwsNotice)[] = []
  const handlers: TwsHandlers = {
    onEvent: (_id, event) => seen.push(event),
    onNotice: (notice) => seen.push(notice),
  }
  const decoder = new Decoder({
    serverVersion,
    emitEvent: (name, ...args) => dispatch(name, args, handlers),
    emitError: (message, code, id = -1) =>
      dispatch(EventName.error, [new Error(message), code, id], handlers),
    emitInfo: (message, code) => dispatch(EventName.info, [message, code], handlers),
  })
  dispatch(EventName.received, [fields], handlers)
  decoder.enqueueMessage([...fields])
  decoder.process()
  return seen
}

function dispatch(name: EventName, args: readonly unknown[], handlers: TwsHandlers): void {
  if (name === EventName.received) {
    const bidSize = bidSizeOf(args[0] as string[])
    if (bidSize) handlers.onEvent(bidSize.id, bidSize.event)
    return
  }
  const notice = noticeOf(name, args)
  if (notice) handlers.onNotice(notice)
  const event = notice ? null : eventOf(name, args)
  if (event) handlers.onEvent(args[name === EventName.error ? 2 : 0] as number, event)
}

/**
 * The size that comes with a bid. The SDK forgets it, because the number of that tick is 0: it is read from the frame
 * (`1, version, request, field, price, size, ...`).
 */
function bidSizeOf(tokens: readonly string[]): { id: number; event: TwsEvent } | null {
  const [message, version, id, field, , size] = tokens
  if (message !== TICK_PRICE || field !== BID || Number(version) < 2 || !size) return null
  return { id: Number(id), event: { type: 'size', field: BID_SIZE, value: Number(size) } }
}
const TICK_PRICE = '1'
const BID = '1'
const BID_SIZE = 0

/** What concerns no request: errors without one are written with an id below 0. */
function noticeOf(name: EventName, args: readonly unknown[]): TwsNotice | null {
  if (name === EventName.disconnected) return { type: 'closed' }
  if (name === EventName.currentTime) return { type: 'alive' }
  if (name === EventName.info) {
    const [message, code] = args as [string, number]
    return { type: 'info', code, message }
  }
  if (name !== EventName.error) return null
  const [{ message }, code, id] = args as [Error, number, number]
  if (id >= 0) return null
  return isUnreadable(code, message) ? { type: 'malformed', message } : { type: 'info', code, message }
}

/** What the events' arguments are, after the request id: see the listeners of IBApi. */
function eventOf(name: EventName, args: readonly unknown[]): TwsEvent | null {
  const [, a, b] = args
  switch (name) {
    case EventName.error: {
      // The one event that does not begin with the request.
      const [error, code] = args as [Error, number]
      return { type: 'error', code, message: error.message }
    }
    case EventName.tickPrice:
      return { type: 'price', field: a as number, value: b as number }
    case EventName.tickSize:
      return b === undefined ? null : { type: 'size', field: a as number, value: b as number }
    case EventName.tickString:
      return { type: 'text', field: a as number, value: b as string }
    case EventName.tickOptionComputation: {
      const [, field, , impliedVolatility, delta, , , gamma, vega, theta] = args as (number | undefined)[]
      return { type: 'greeks', field: field!, greeks: { impliedVolatility, delta, gamma, vega, theta } }
    }
    case EventName.marketDataType:
      return { type: 'dataType', value: a as number }
    case EventName.historicalData: {
      const [, time, open, high, low, close, volume] = args as [number, string, ...number[]]
      if (time.startsWith('finished')) return { type: 'end' }
      return { type: 'bar', bar: { time, open, high, low, close, volume } }
    }
    case EventName.contractDetails:
      return { type: 'contract', contract: ourContract((a as ContractDetails).contract) }
    case EventName.securityDefinitionOptionParameter: {
      const [, exchange, , tradingClass, multiplier, expirations, strikes] = args
      const chain = { exchange, tradingClass, multiplier: Number(multiplier), expirations, strikes }
      return { type: 'chain', chain } as TwsEvent
    }
    case EventName.tickSnapshotEnd:
    case EventName.contractDetailsEnd:
    case EventName.securityDefinitionOptionParameterEnd:
      return { type: 'end' }
    default:
      return null
  }
}

const sdkContract = (c: TwsContract): Contract => ({
  conId: c.conId ?? 0,
  symbol: c.symbol,
  secType: c.secType as unknown as SecType,
  lastTradeDateOrContractMonth: c.expiry,
  strike: c.strike,
  right: c.right as unknown as OptionType,
  multiplier: c.multiplier,
  exchange: c.exchange,
  primaryExch: c.primaryExchange,
  currency: c.currency,
  tradingClass: c.tradingClass,
})

const ourContract = (c: Contract): TwsContract => ({
  conId: c.conId,
  symbol: c.symbol,
  secType: c.secType as unknown as TwsContract['secType'],
  exchange: c.exchange,
  primaryExchange: c.primaryExch,
  currency: c.currency,
  tradingClass: c.tradingClass,
})
