/**
 * Lines of a body that never ends (newline-delimited JSON over chunked HTTP):
 *
 *   const lines = await openLines({ fetch, url, provider, role, headers?, signal, timeoutMs, secrets, explain?,
 *                                   budget?, meter?, call?, wallClock? })
 *   for await (const line of lines)            string without its line end; empty lines are left out; iterate once
 *
 * Resolves when the vendor answered 2xx; rejects with a ProviderError (401 `unauthorized`, 403 `not_entitled`, 429
 * `rate_limited`, no answer within `timeoutMs` `unavailable`). The iteration ends when the vendor ends the body or the
 * signal aborts, throws `unavailable` when the line breaks and `malformed` past `lineCharsMax`. Reading is pulled: a
 * slow reader stops the vendor. The budget is asked before, and `call.onCall` hears of the opening, as with `httpFor`.
 */
import type { Clock } from '@onetape/market'
import type { CallBudget, CallOptions, Metered } from '../call.ts'
import { type ErrorKind, ProviderError } from '../errors.ts'
import { readText } from './body.ts'
import { kindOfStatus, networkFault, safeText } from './failure.ts'
import type { VendorFault } from './request.ts'
import { retryAfterMs } from './retry-after.ts'

export interface LinesOptions {
  fetch: typeof fetch
  url: URL
  provider: string
  role: string
  headers?: Record<string, string>
  signal: AbortSignal
  /** For the answer to begin; a body that has begun may last for ever. */
  timeoutMs: number
  secrets: readonly string[]
  explain?: (status: number, text: string) => VendorFault | null
  lineCharsMax?: number
  budget?: CallBudget
  /** One call of scope `rest` unless told. */
  meter?: Metered
  call?: CallOptions
  wallClock?: Clock
}

const LINE_CHARS_MAX = 1024 * 1024
const REFUSAL_BYTES_MAX = 64 * 1024

export async function openLines(o: LinesOptions): Promise<AsyncGenerator<string, void>> {
  const { scope, weight } = o.meter ?? { scope: 'rest', weight: 1 }
  const priority = o.call?.priority ?? 'live'
  const grant = await o.budget?.take({ scope, weight, priority, signal: o.signal })
  if (grant && !grant.granted) {
    throw new ProviderError('rate_limited', `the budget of ${o.provider} is spent (${grant.limit})`, {
      provider: o.provider,
      retryAfterMs: grant.retryAfterMs,
      origin: 'budget',
    })
  }
  const sentAt = o.wallClock?.now() ?? 0
  const told = (outcome: 'ok' | ErrorKind, status: number | null) =>
    o.call?.onCall?.({
      at: sentAt,
      what: o.url.host + o.url.pathname,
      scope,
      outcome,
      status,
      latencyMs: ((o.wallClock?.now() ?? 0) - sentAt) / 1000,
    })
  try {
    const { response, hangUp } = await begin(o)
    told('ok', response.status)
    return linesOf(o, response, hangUp)
  } catch (error) {
    if (error instanceof ProviderError) {
      told(error.kind, error.status)
      if (error.kind === 'rate_limited') {
        o.budget?.learn({ scope, blockedForMs: error.retryAfterMs ?? 1_000 })
      }
    }
    throw error
  } finally {
    grant?.release()
  }
}

async function begin(o: LinesOptions): Promise<{ response: Response; hangUp: AbortController }> {
  const hangUp = new AbortController()
  const signal = AbortSignal.any([o.signal, hangUp.signal])
  let isLate = false
  const timer = setTimeout(() => {
    isLate = true
    hangUp.abort()
  }, o.timeoutMs)
  try {
    const headers = { accept: 'application/json', ...o.headers }
    const response = await o.fetch(o.url, { headers, redirect: 'manual', signal })
    if (response.ok) return { response, hangUp }
    throw refusal(o, response, await readText(response, REFUSAL_BYTES_MAX).catch(() => ''))
  } catch (error) {
    if (error instanceof ProviderError) throw error
    if (isLate) throw fault(o, 'unavailable', `did not answer within ${o.timeoutMs} ms`)
    if (o.signal.aborted) throw fault(o, 'unavailable', 'was not waited for: the call was cancelled')
    throw fault(o, 'unavailable', `cannot be reached: ${networkFault(error).words}`, error)
  } finally {
    clearTimeout(timer)
  }
}

function refusal(o: LinesOptions, { status, headers }: Response, text: string): ProviderError {
  const said = o.explain?.(status, text) ?? {}
  const kind = said.kind ?? kindOfStatus(status)
  const words = said.message ? `: ${safeText(said.message, o.secrets)}` : ''
  const waitMs = said.retryAfterMs ?? retryAfterMs(headers) ?? undefined
  return new ProviderError(kind, `${o.role} answered ${status}${words}`, {
    provider: o.provider,
    status,
    retryAfterMs: kind === 'rate_limited' ? waitMs : undefined,
  })
}

async function* linesOf(
  o: LinesOptions,
  response: Response,
  hangUp: AbortController,
): AsyncGenerator<string, void> {
  const decoder = new TextDecoder()
  const lineCharsMax = o.lineCharsMax ?? LINE_CHARS_MAX
  let rest = ''
  try {
    for await (const chunk of (response.body ?? []) as unknown as AsyncIterable<Uint8Array>) {
      const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n')
      rest = parts.pop()!
      for (const line of parts) if (line.trim() !== '') yield line.trim()
      if (rest.length > lineCharsMax) {
        throw fault(o, 'malformed', `sent a line of more than ${lineCharsMax} characters`)
      }
    }
    if (rest.trim() !== '') yield rest.trim()
  } catch (error) {
    if (o.signal.aborted) return
    if (error instanceof ProviderError) throw error
    throw fault(o, 'unavailable', `broke off: ${networkFault(error).words}`, error)
  } finally {
    hangUp.abort()
  }
}

const fault = (o: LinesOptions, kind: ErrorKind, words: string, cause?: unknown): ProviderError =>
  new ProviderError(kind, `${o.role} ${words}`, { provider: o.provider, cause })
