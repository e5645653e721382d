// From what the network or a status said to the error kind that decides everything, in words for a person.
import type { ErrorKind } from '../errors.ts'
import type { RetryCause } from './retry.ts'

export interface NetworkFault {
  cause: RetryCause
  words: string
}

const BY_CODE: Record<string, NetworkFault> = {
  ENOTFOUND: { cause: 'no_such_host', words: 'its name does not resolve (ENOTFOUND)' },
  EAI_AGAIN: { cause: 'dns', words: 'name resolution failed for now (EAI_AGAIN)' },
  ECONNREFUSED: { cause: 'refused', words: 'connection refused (ECONNREFUSED)' },
  ECONNRESET: { cause: 'dropped', words: 'connection dropped (ECONNRESET)' },
  EPIPE: { cause: 'dropped', words: 'connection dropped (EPIPE)' },
  UND_ERR_SOCKET: { cause: 'dropped', words: 'connection dropped' },
  ETIMEDOUT: { cause: 'slow', words: 'no connection in time (ETIMEDOUT)' },
  UND_ERR_CONNECT_TIMEOUT: { cause: 'slow', words: 'no connection in time' },
  ENETUNREACH: { cause: 'no_route', words: 'no route to the network (ENETUNREACH)' },
  EHOSTUNREACH: { cause: 'no_route', words: 'no route to the host (EHOSTUNREACH)' },
}

/** `fetch` says "fetch failed" and hides the cause one or two levels down, or in an AggregateError per address. */
export function networkFault(error: unknown): NetworkFault {
  for (const code of codesOf(error)) {
    if (BY_CODE[code]) return BY_CODE[code]
    if (/CERT|SSL|TLS|SELF_SIGNED/.test(code)) {
      return { cause: 'certificate', words: `its certificate was refused (${code})` }
    }
  }
  const code = codesOf(error)[0]
  return { cause: 'dropped', words: code ? `network error (${code})` : 'network error' }
}

function codesOf(error: unknown, depth = 0): string[] {
  if (typeof error !== 'object' || error === null || depth > 4) return []
  const e = error as { code?: unknown; cause?: unknown; errors?: unknown }
  return [
    ...(typeof e.code === 'string' ? [e.code] : []),
    ...codesOf(e.cause, depth + 1),
    ...(Array.isArray(e.errors) ? e.errors.flatMap((inner) => codesOf(inner, depth + 1)) : []),
  ]
}

/** What a status means where the vendor has no rule of its own. */
export function kindOfStatus(status: number): ErrorKind {
  if (status === 401) return 'unauthorized'
  if (status === 402 || status === 403) return 'not_entitled'
  if (status === 404 || status === 410) return 'not_found'
  if (status === 429) return 'rate_limited'
  if (status === 408 || status === 425 || status >= 500 || (status >= 300 && status < 400))
    return 'unavailable'
  return status >= 400 ? 'invalid_request' : 'malformed'
}

const TEXT_CHARS_MAX = 200

/** A vendor's own words made safe to show: no credential, no address, one line, not long. */
export function safeText(text: string, secrets: readonly string[]): string {
  let safe = text.replace(/\s+/g, ' ').trim()
  for (const secret of secrets) if (secret.length > 3) safe = safe.replaceAll(secret, '***')
  safe = safe.replace(/\b[a-z]+:\/\/([^\s/?#"']+)[^\s"']*/gi, '$1')
  return safe.length > TEXT_CHARS_MAX ? `${safe.slice(0, TEXT_CHARS_MAX)}…` : safe
}
