// The codes that TWS speaks in, with its words: refusals, warnings and news of the connection share one message.
import { type Field, message } from './frames.ts'

/** Where no request is concerned. */
export const NOBODY = -1

export interface Notice {
  code: number
  text: string
}

/** `ERR_MSG` in its version 2, with an empty field for the details of refused orders. */
export const noticeMessage = (reqId: Field, { code, text }: Notice): string =>
  message(4, 2, reqId, code, text, '')

const hmds = (text: string): Notice => ({
  code: 162,
  text: `Historical Market Data Service error message:${text}`,
})

export const NOTICES = {
  messageRate: (received: number): Notice => ({
    code: 100,
    text: `Max rate of messages per second has been exceeded:max=50 rec=${received} (1)`,
  }),
  tooManyLines: { code: 101, text: 'Max number of tickers has been reached' },
  noDefinition: { code: 200, text: 'No security definition has been found for the request' },
  ambiguous: (symbol: string): Notice => ({
    code: 200,
    text: `The contract description specified for ${symbol} is ambiguous.`,
  }),
  unknownLine: (reqId: string): Notice => ({ code: 300, text: `Can't find EId with tickerId:${reqId}` }),
  invalid: (cause: string): Notice => ({
    code: 321,
    text: `Error validating request.-'bO' : cause - ${cause}`,
  }),
  failed: (cause: string): Notice => ({
    code: 322,
    text: `Error processing request.-'bN' : cause - ${cause}`,
  }),
  clientIdInUse: {
    code: 326,
    text: 'Unable to connect as the client id is already in use. Retry with a unique client id.',
  },
  notSubscribed: (what: string): Notice => ({
    code: 354,
    text: `Requested market data is not subscribed. Check API status by selecting the Account menu then under Management choose Market Data Subscription Manager and/or availability of delayed data.Delayed market data is available.${what}`,
  }),
  moreNeeded: (what: string): Notice => ({
    code: 10089,
    text: `Requested market data requires additional subscription for API. See link in 'Market Data Connections' dialog for more details.Delayed market data is available.${what}`,
  }),
  delayedShown: {
    code: 10167,
    text: 'Requested market data is not subscribed. Displaying delayed market data.',
  },
  competing: { code: 10197, text: 'No market data during competing live session' },
  unknownHistory: (reqId: string): Notice => ({
    code: 366,
    text: `No historical data query found for ticker id:${reqId}`,
  }),
  livePacing: {
    code: 420,
    text: 'Invalid Real-time Query:Historical Market Data Service error message:Historical data request pacing violation',
  },
  noFundamentals: {
    code: 430,
    text: 'We are sorry, but fundamentals data for the security specified is not available.',
  },
  fundamentalsNotAllowed: { code: 10358, text: 'Fundamentals data is not allowed.' },
  unknownMessage: { code: 505, text: 'Fatal Error: Unknown message id.' },
  badEnd: {
    code: 10314,
    text: 'End Date/Time: The date, time, or time-zone entered is invalid. The correct format is yyyymmdd hh:mm:ss xx/xxxx where yyyymmdd and xx/xxxx are optional.',
  },
  useAggTrades: {
    code: 10299,
    text: 'Expected what to show is AGGTRADES, please use that instead of TRADES.',
  },
  liveUpdatesFailed: { code: 10182, text: 'Failed to request live updates (disconnected).' },
  linkLost: { code: 1100, text: 'Connectivity between IBKR and Trader Workstation has been lost.' },
  linkRestored: {
    code: 1102,
    text: 'Connectivity between IBKR and Trader Workstation has been restored - data maintained.',
  },
  pacing: hmds('Historical data request pacing violation'),
  noData: (what: string): Notice => hmds(`HMDS query returned no data: ${what}`),
  noHistory: (what: string): Notice => hmds(`No historical market data for ${what}`),
  noPermission: (what: string): Notice => hmds(`No market data permissions for ${what}`),
  tooLong: hmds('Time length exceed max.'),
  cancelled: (reqId: string): Notice => hmds(`API historical data query cancelled: ${reqId}`),
  otherAddress: hmds('Trading TWS session is connected from a different IP address'),
  hmdsTimedOut: hmds('HMDS connection attempt timed out. Connection will be restored on demand.'),
} as const satisfies Record<string, Notice | ((detail: never) => Notice)>

/** Sent after every sign-in: the farms are up. */
export const FARMS: readonly Notice[] = [
  { code: 2104, text: 'Market data farm connection is OK:usfarm' },
  { code: 2106, text: 'HMDS data farm connection is OK:ushmds' },
  { code: 2158, text: 'Sec-def data farm connection is OK:secdefil' },
]
