// Which failures are worth trying again at once. Only `unavailable` is ever here: the rest needs time or a person.

export type RetryCause =
  | 'dropped'
  | 'refused'
  | 'dns'
  | 'no_such_host'
  | 'no_route'
  | 'certificate'
  | 'slow'
  | 'server_error'
  | 'gateway'
  | 'told_to_wait'
  | 'redirected'

/** Milliseconds before the second and the third try; the request's deadline cuts them short. */
export const RETRY_DELAYS_MS: Record<RetryCause, readonly number[]> = {
  dropped: [100, 400], // a kept-alive socket that the server had just closed
  refused: [250, 750], // a restart on the other side
  dns: [500], // the resolver asked for patience
  no_such_host: [], // a wrong name stays wrong
  no_route: [], // no network: the next sweep is soon enough
  certificate: [],
  slow: [], // it has eaten the deadline already
  server_error: [300], // 500
  gateway: [300, 1000], // 502, 503, 504: a balancer between two backends
  told_to_wait: [], // 503 with Retry-After: the caller decides
  redirected: [],
}

export function causeOfStatus(status: number, retryAfter: boolean): RetryCause {
  if (status >= 300 && status < 400) return 'redirected'
  if (retryAfter) return 'told_to_wait'
  return status === 502 || status === 503 || status === 504 ? 'gateway' : 'server_error'
}

/** Resolves after `ms`; rejects as soon as the signal aborts. */
export type Pause = (ms: number, signal: AbortSignal) => Promise<void>

export const pause: Pause = (ms, signal) =>
  new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    }, ms)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
