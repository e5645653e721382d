/** What went wrong decides what happens next; the message is for people. */
export const ERROR_KINDS = [
  'rate_limited',
  'unavailable',
  'unauthorized',
  'not_entitled',
  'not_found',
  'malformed',
  'invalid_request',
  'unsupported',
] as const
export type ErrorKind = (typeof ERROR_KINDS)[number]

export interface ProviderErrorDetail {
  provider: string
  /** HTTP status where there was one. */
  status?: number
  /** How long the vendor asks us to wait, in milliseconds; only with `rate_limited`. */
  retryAfterMs?: number
  /** `budget`: our own budget said no and nothing was sent; `vendor` when absent. */
  origin?: 'vendor' | 'budget'
  cause?: unknown
}

/** The only error that leaves a provider. Its message never holds a credential or a full URL. */
export class ProviderError extends Error {
  readonly kind: ErrorKind
  readonly provider: string
  readonly status: number | null
  readonly retryAfterMs: number | null
  readonly origin: 'vendor' | 'budget'

  constructor(kind: ErrorKind, message: string, detail: ProviderErrorDetail) {
    super(message, { cause: detail.cause })
    this.name = 'ProviderError'
    this.kind = kind
    this.provider = detail.provider
    this.status = detail.status ?? null
    this.retryAfterMs = detail.retryAfterMs ?? null
    this.origin = detail.origin ?? 'vendor'
  }
}
