// One request on the wire as budgets and receipts see it.
import type { Micros } from '@onetape/market'
import type { ErrorKind } from './errors.ts'

/** Who goes first when calls are short: room is reserved in this order. */
export const PRIORITIES = ['user', 'live', 'repair', 'backfill'] as const
export type Priority = (typeof PRIORITIES)[number]

/** What one request costs: a metered scope of the vendor and its weight there. */
export interface Metered {
  scope: string
  weight: number
}

export type Grant =
  | {
      granted: true /** Ends the hold of a concurrent limit; call it once, whatever happened. */
      release(): void
    }
  | { granted: false; retryAfterMs: number; limit: string }

/** What an answer tells about the budget: vendor headers, or a 429. */
export interface BudgetLesson {
  scope: string
  /** The vendor refused a call: nothing more until this has passed. */
  blockedForMs?: number
  /** The vendor's own figures where it sends them (Alpaca: X-RateLimit-*). */
  limit?: number
  remaining?: number
  /** Milliseconds until `remaining` is `limit` again. */
  resetMs?: number
}

/** The budget of one credential. Asked before every single request, pages and retries included. */
export interface CallBudget {
  take(call: Metered & { priority: Priority; signal?: AbortSignal }): Promise<Grant>
  learn(lesson: BudgetLesson): void
}

/** What really went over the wire; pushed by the one place that sends. */
export interface WireCall {
  /** Wall time at which it was sent. */
  at: Micros
  /** Host and path, without query: `api.massive.com/v2/snapshot/...`; a message name for sockets. */
  what: string
  scope: string
  outcome: 'ok' | ErrorKind
  status: number | null
  latencyMs: number
}

export interface CallOptions {
  /** Aborts the call; the provider adds its own timeout per request. */
  signal?: AbortSignal
  /** `live` when absent. */
  priority?: Priority
  /** Hears of each request as it ends. */
  onCall?: (call: WireCall) => void
}
