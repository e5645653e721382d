// What TWS means by its numbers: https://interactivebrokers.github.io/tws-api/message_codes.html
import { type ErrorKind, ProviderError } from '../errors.ts'

export const NAME = 'ibkr'

const KINDS: Readonly<Record<number, ErrorKind>> = {
  100: 'rate_limited', // more than 50 messages a second
  101: 'rate_limited', // more market-data lines than the account has
  200: 'not_found', // no such contract, or several
  203: 'not_entitled', // this account may not have this product
  320: 'invalid_request',
  321: 'invalid_request', // the request does not hold together
  326: 'unavailable', // another client bears this id
  354: 'not_entitled',
  366: 'not_found',
  420: 'rate_limited', // pacing
  430: 'not_found', // no fundamentals for it
  502: 'unavailable',
  503: 'unsupported', // TWS is too old
  504: 'unavailable',
  506: 'unsupported',
  507: 'unavailable',
  1100: 'unavailable',
  10089: 'not_entitled',
  10090: 'not_entitled',
  10168: 'not_entitled', // not subscribed, and delayed data is switched off
  10186: 'not_entitled',
  10299: 'invalid_request', // coins want another kind of trades
  10314: 'invalid_request', // the end is no time
  10197: 'unavailable', // the same login looks at prices elsewhere
}

/** Said beside data that does come: delayed data is shown instead of live; 2100 to 2169 tell how farms are. */
export const DELAYED_SHOWN = 10167
export const isInformation = (code: number): boolean =>
  code === DELAYED_SHOWN || (code >= 2100 && code < 2170) || code === 1101 || code === 1102

export const LINK_LOST = 1100
export const LINK_BACK_WITHOUT_DATA = 1101
export const LINK_BACK_WITH_DATA = 1102
export const CLIENT_ID_TAKEN = 326
export const CANNOT_CONNECT = 502

const HISTORY = 162
const SERVER_ERROR = 322
const LIVE_UPDATES_FAILED = 10182
/** How long a paced client is kept waiting: the vendor counts in ten minutes, and forgives in less. */
const PACING_MS = 60_000

/** 162 says everything that can go wrong with history, in words. */
export const isNoData = (code: number, message: string): boolean =>
  code === HISTORY && /no data|no historical market data/i.test(message)

export function kindOfCode(code: number, message: string): ErrorKind {
  // A server's error says its cause in words; one is that too many requests are open.
  if (code === SERVER_ERROR) return /simultaneous|max/i.test(message) ? 'rate_limited' : 'unavailable'
  if (code !== HISTORY) return KINDS[code] ?? 'unavailable'
  if (/pacing/i.test(message)) return 'rate_limited'
  if (/permission|subscri|entitle/i.test(message)) return 'not_entitled'
  if (/invalid|duration|rejected|greater than|exceed/i.test(message)) return 'invalid_request'
  return 'unavailable'
}

const WORDS_MAX = 160

/** The other end stumbled; the same request a moment later may well be answered. */
export class TwsHiccup extends ProviderError {
  constructor(words: string) {
    super('unavailable', `TWS ${words}`, { provider: NAME })
  }
}

const isHiccup = (code: number, message: string): boolean =>
  code === SERVER_ERROR || code === LIVE_UPDATES_FAILED || (code === HISTORY && /timed out/i.test(message))

/** The vendor's words, on one line. */
export function errorOfCode(code: number, message: string): ProviderError {
  const kind = kindOfCode(code, message)
  const words = `answered ${code}: ${message.replace(/\s+/g, ' ').trim().slice(0, WORDS_MAX)}`
  if (kind === 'unavailable' && isHiccup(code, message)) return new TwsHiccup(words)
  return new ProviderError(kind, `TWS ${words}`, {
    provider: NAME,
    retryAfterMs: kind === 'rate_limited' ? PACING_MS : undefined,
  })
}

export const unavailable = (words: string, cause?: unknown): ProviderError =>
  new ProviderError('unavailable', `TWS ${words}`, { provider: NAME, cause })
