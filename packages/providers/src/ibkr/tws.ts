// The words of the TWS socket as this folder knows them; sdk.ts alone translates from and to the SDK's.

export interface TwsContract {
  conId?: number
  symbol?: string
  secType?: 'STK' | 'CASH' | 'IND' | 'OPT'
  exchange?: string
  primaryExchange?: string
  currency?: string
  /** `YYYYMMDD` */
  expiry?: string
  strike?: number
  right?: 'C' | 'P'
  multiplier?: number
  tradingClass?: string
}

/** A bar as it came; `time` is epoch seconds, or `YYYYMMDD` for a day and longer. */
export interface TwsBar {
  time: string
  open?: number
  high?: number
  low?: number
  close?: number
  volume?: number
}

export interface TwsGreeks {
  impliedVolatility?: number
  delta?: number
  gamma?: number
  theta?: number
  vega?: number
}

/** Expiries (`YYYYMMDD`) and strikes of one class on one exchange; not every pair of them is a contract. */
export interface TwsChain {
  exchange: string
  tradingClass: string
  multiplier: number
  expirations: string[]
  strikes: number[]
}

/** What came for one request. */
export type TwsEvent =
  | { type: 'price'; field: number; value: number }
  | { type: 'size'; field: number; value: number }
  | { type: 'text'; field: number; value: string }
  | { type: 'greeks'; field: number; greeks: TwsGreeks }
  /** 1 live, 2 frozen, 3 delayed, 4 delayed and frozen. */
  | { type: 'dataType'; value: number }
  | { type: 'bar'; bar: TwsBar }
  | { type: 'contract'; contract: TwsContract }
  | { type: 'chain'; chain: TwsChain }
  | { type: 'end' }
  | { type: 'error'; code: number; message: string }

/** What concerns the connection and no single request. */
export type TwsNotice =
  | { type: 'ready' }
  | { type: 'closed' }
  /** An answer to `requestTime`: the other end lives. */
  | { type: 'alive' }
  | { type: 'info'; code: number; message: string }
  | { type: 'malformed'; message: string }

export interface TwsHandlers {
  onEvent(requestId: number, event: TwsEvent): void
  onNotice(notice: TwsNotice): void
}

export interface MarketDataRequest {
  contract: TwsContract
  snapshot: boolean
}

export interface HistoryRequest {
  contract: TwsContract
  /** UTC, `YYYYMMDD-HH:MM:SS` */
  end: string
  /** `3600 S`, `5 D`, `2 Y` */
  duration: string
  barSize: string
  whatToShow: 'TRADES' | 'MIDPOINT'
  regularHoursOnly: boolean
}

/** One open socket. Requests carry an id of ours; what comes for them comes to `TwsHandlers`. */
export interface TwsSession {
  requestMarketData(id: number, request: MarketDataRequest): void
  cancelMarketData(id: number): void
  requestHistory(id: number, request: HistoryRequest): void
  cancelHistory(id: number): void
  requestContract(id: number, contract: TwsContract): void
  requestChain(id: number, underlying: Required<Pick<TwsContract, 'symbol' | 'secType' | 'conId'>>): void
  requestTime(): void
  /** Ends the socket; a `closed` notice follows. */
  close(): void
}

export interface TwsAddress {
  host: string
  port: number
  clientId: number
}

export type OpenTws = (address: TwsAddress, handlers: TwsHandlers) => TwsSession
