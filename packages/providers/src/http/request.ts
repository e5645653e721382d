// The one way out to a vendor: deadline, size cap, short retries, and every failure as a ProviderError.
import { type ErrorKind, ProviderError } from '../errors.ts'
import { BodyTooLarge, readText } from './body.ts'
import { kindOfStatus, networkFault, safeText } from './failure.ts'
import { causeOfStatus, type Pause, pause as pauseFor, RETRY_DELAYS_MS, type RetryCause } from './retry.ts'
import { retryAfterMs } from './retry-after.ts'

const BODY_BYTES_MAX = 64 * 1024 * 1024

/** What a vendor's own error body says beyond its status. */
export interface VendorFault {
  kind?: ErrorKind
  message?: string
  retryAfterMs?: number
}

export interface HttpOptions {
  provider: string
  fetch: typeof fetch
  timeoutMs: number
  /** Never shown, whatever a vendor echoes. */
  secrets?: readonly string[]
  bodyBytesMax?: number
  /** Reads the vendor's error body; what it leaves out follows from the status. */
  explain?: (status: number, text: string) => VendorFault | null
  pause?: Pause
}

export interface HttpRequest {
  /** What the host is to us, for messages: `Polygon's API`, `Yahoo's consent page`. */
  role: string
  url: URL
  headers?: Record<string, string>
  /** Sent as a form with POST; such a request is never repeated. */
  form?: URLSearchParams
  signal?: AbortSignal
  /** Statuses that the caller reads itself, beside 2xx. */
  accept?: (status: number) => boolean
}

export interface HttpAnswer {
  status: number
  headers: Headers
  text: string
  /** Requests that were answered, this one included. */
  calls: number
}

export type Http = (request: HttpRequest) => Promise<HttpAnswer>

type Attempt =
  | { answer: Omit<HttpAnswer, 'calls'> }
  | { error: ProviderError; cause: RetryCause | null; answered: boolean }

export function createHttp(options: HttpOptions): Http {
  const pause = options.pause ?? pauseFor
  return async (request) => {
    const deadline = AbortSignal.timeout(options.timeoutMs)
    const signal = request.signal ? AbortSignal.any([request.signal, deadline]) : deadline
    for (let tries = 0, calls = 0; ; tries++) {
      const attempt = await attemptOnce(options, request, signal)
      if ('answer' in attempt) return { ...attempt.answer, calls: calls + 1 }
      if (attempt.answered) calls++
      const delayMs = attempt.cause && !request.form ? RETRY_DELAYS_MS[attempt.cause][tries] : undefined
      if (delayMs === undefined || signal.aborted) throw attempt.error
      // The deadline passing while we wait leaves the reason for waiting, not the wait, as the error.
      await pause(delayMs, signal).catch(() => Promise.reject(attempt.error))
    }
  }
}

async function attemptOnce(o: HttpOptions, request: HttpRequest, signal: AbortSignal): Promise<Attempt> {
  try {
    const response = await o.fetch(request.url, {
      method: request.form ? 'POST' : 'GET',
      headers: { accept: 'application/json, text/plain, */*', ...request.headers },
      body: request.form ?? null,
      redirect: 'manual',
      signal,
    })
    const text = await readText(response, o.bodyBytesMax ?? BODY_BYTES_MAX)
    if (response.ok || request.accept?.(response.status)) {
      return { answer: { status: response.status, headers: response.headers, text } }
    }
    return refused(o, request, response, text)
  } catch (error) {
    return failed(o, request, signal, error)
  }
}

function refused(o: HttpOptions, request: HttpRequest, response: Response, text: string): Attempt {
  const { status, headers } = response
  const fault = o.explain?.(status, text) ?? {}
  const kind = fault.kind ?? kindOfStatus(status)
  const waitMs = retryAfterMs(headers) ?? undefined
  const words = fault.message ? `: ${safeText(fault.message, o.secrets ?? [])}` : ''
  const error = new ProviderError(kind, `${request.role} answered ${status}${words}`, {
    provider: o.provider,
    status,
    retryAfterMs: kind === 'rate_limited' ? longest(waitMs, fault.retryAfterMs) : undefined,
  })
  const cause = kind === 'unavailable' ? causeOfStatus(status, waitMs !== undefined) : null
  return { error, cause, answered: true }
}

const longest = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined ? b : Math.max(a, b ?? 0)

function failed(o: HttpOptions, request: HttpRequest, signal: AbortSignal, error: unknown): Attempt {
  const { provider } = o
  const as = (kind: ErrorKind, words: string, cause: RetryCause | null): Attempt => ({
    error: new ProviderError(kind, `${request.role} ${words}`, { provider, cause: error }),
    cause,
    answered: false,
  })
  if (error instanceof BodyTooLarge) {
    const megabytes = Math.floor((o.bodyBytesMax ?? BODY_BYTES_MAX) / (1024 * 1024))
    return as('malformed', `answered with more than ${megabytes} MB`, null)
  }
  if (request.signal?.aborted) return as('unavailable', 'was not waited for: the call was cancelled', null)
  if (signal.aborted) return as('unavailable', `did not answer within ${o.timeoutMs} ms`, null)
  const fault = networkFault(error)
  return as('unavailable', `cannot be reached: ${fault.words}`, fault.cause)
}
