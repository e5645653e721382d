// The one way out to a vendor: deadline, size cap, short retries, and every failure as a ProviderError.
import type { Clock } from '@onetape/market'
import type { BudgetLesson, CallBudget, CallOptions, Metered, WireCall } from '../call.ts'
import { type ErrorKind, ProviderError } from '../errors.ts'
import { type BodySink, BodyTooLarge, readInto, readText } from './body.ts'
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
  /** Reads the vendor's error body (and headers, where those say more); what it leaves out follows from the status. */
  explain?: (status: number, text: string, headers: Headers) => VendorFault | null
  pause?: Pause
  /** Asked before every single request, retries included. */
  budget?: CallBudget
  /** What an answer's headers tell about the budget, where the vendor says something. */
  lesson?: (headers: Headers) => BudgetLesson | null
  wallClock?: Clock
  /** Spreads retries, in [0, 1). */
  random?: () => number
}

export interface HttpRequest {
  /** What the host is to us, for messages: `Polygon's API`, `Yahoo's consent page`. */
  role: string
  url: URL
  headers?: Record<string, string>
  /** Sent as a form with POST; such a request is never repeated. */
  form?: URLSearchParams
  call?: CallOptions
  /** What it costs; one call of scope `rest` unless it says otherwise. */
  meter?: Metered
  /** Statuses that the caller reads itself, beside 2xx. */
  accept?: (status: number) => boolean
  /** Where a 2xx body goes while it arrives, a new one for each try; the answer's `text` is empty then. */
  sink?: () => BodySink
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

const ONE_CALL: Metered = { scope: 'rest', weight: 1 }
/** A vendor that refuses without saying for how long is left alone for this. */
const BLOCKED_MS = 1_000

export function createHttp(options: HttpOptions): Http {
  const pause = options.pause ?? pauseFor
  return async (request) => {
    const deadline = AbortSignal.timeout(options.timeoutMs)
    const caller = request.call?.signal
    const signal = caller ? AbortSignal.any([caller, deadline]) : deadline
    for (let tries = 0, calls = 0; ; tries++) {
      const attempt = await attemptWithin(options, request, signal)
      if ('answer' in attempt) return { ...attempt.answer, calls: calls + 1 }
      if (attempt.answered) calls++
      const delayMs = attempt.cause && !request.form ? RETRY_DELAYS_MS[attempt.cause][tries] : undefined
      if (delayMs === undefined || signal.aborted) throw attempt.error
      // The deadline passing while we wait leaves the reason for waiting, not the wait, as the error.
      const spreadMs = delayMs * (0.75 + 0.5 * (options.random?.() ?? 0.5))
      await pause(spreadMs, signal).catch(() => Promise.reject(attempt.error))
    }
  }
}

/** One request: paid for before, recorded after. */
async function attemptWithin(o: HttpOptions, request: HttpRequest, signal: AbortSignal): Promise<Attempt> {
  const { scope, weight } = request.meter ?? ONE_CALL
  const priority = request.call?.priority ?? 'live'
  const grant = await o.budget?.take({ scope, weight, priority, signal })
  if (grant && !grant.granted) return { error: outOfBudget(o, grant), cause: null, answered: false }
  const sentAt = o.wallClock?.now() ?? 0
  try {
    const attempt = await attemptOnce(o, request, signal)
    const latencyMs = ((o.wallClock?.now() ?? 0) - sentAt) / 1000
    request.call?.onCall?.({ ...wireCall(request, attempt), at: sentAt, scope, latencyMs })
    learn(o, scope, attempt)
    return attempt
  } finally {
    grant?.release()
  }
}

const outOfBudget = (o: HttpOptions, { limit, retryAfterMs }: { limit: string; retryAfterMs: number }) =>
  new ProviderError('rate_limited', `the budget of ${o.provider} is spent (${limit})`, {
    provider: o.provider,
    retryAfterMs,
    origin: 'budget',
  })

function wireCall(request: HttpRequest, attempt: Attempt): Pick<WireCall, 'what' | 'outcome' | 'status'> {
  const what = request.url.host + request.url.pathname
  if ('answer' in attempt) return { what, outcome: 'ok', status: attempt.answer.status }
  return { what, outcome: attempt.error.kind, status: attempt.error.status }
}

function learn(o: HttpOptions, scope: string, attempt: Attempt): void {
  if (!o.budget) return
  if ('answer' in attempt) {
    const lesson = o.lesson?.(attempt.answer.headers)
    if (lesson) o.budget.learn(lesson)
  } else if (attempt.error.kind === 'rate_limited') {
    o.budget.learn({ scope, blockedForMs: attempt.error.retryAfterMs ?? BLOCKED_MS })
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
    const bytesMax = o.bodyBytesMax ?? BODY_BYTES_MAX
    if (response.ok && request.sink) {
      await readInto(response, bytesMax, request.sink())
      return { answer: { status: response.status, headers: response.headers, text: '' } }
    }
    const text = await readText(response, bytesMax)
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
  const fault = o.explain?.(status, text, headers) ?? {}
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
  if (request.call?.signal?.aborted)
    return as('unavailable', 'was not waited for: the call was cancelled', null)
  if (signal.aborted) return as('unavailable', `did not answer within ${o.timeoutMs} ms`, null)
  const fault = networkFault(error)
  return as('unavailable', `cannot be reached: ${fault.words}`, fault.cause)
}
