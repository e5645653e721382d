import { initTRPC } from '@trpc/server'
import { getHTTPStatusCodeFromError } from '@trpc/server/http'
import { TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc'
import { type ErrorLog, trpcErrorOf } from './errors.ts'
import type { OperationsReads } from './operations/report.ts'
import type { HealthReports, LiveQuotes, TapeReads } from './ports.ts'
import type { RoutedReads } from './routed/reports.ts'

export interface ApiContext {
  quotes: LiveQuotes
  health: HealthReports
  tape: TapeReads
  operations: OperationsReads
  routed: RoutedReads
  logError: ErrorLog
  /** Cuts the caller's connection. */
  disconnect: () => void
}

/** A comment line every 5 s; a browser that heard nothing for 15 s opens the stream anew. */
export const PING_INTERVAL_MS = 5_000
export const RECONNECT_AFTER_INACTIVITY_MS = 15_000

const t = initTRPC.context<ApiContext>().create({
  isDev: false,
  sse: {
    ping: { enabled: true, intervalMs: PING_INTERVAL_MS },
    client: { reconnectAfterInactivityMs: RECONNECT_AFTER_INACTIVITY_MS },
  },
  errorFormatter({ shape, error, ctx }) {
    // What a generator throws, and what fails before a procedure runs, comes past here only.
    const told = trpcErrorOf(error, ctx?.logError ?? (() => {}))
    const { stack: _, ...data } = shape.data
    return {
      message: told.message,
      code: TRPC_ERROR_CODES_BY_KEY[told.code],
      data: { ...data, code: told.code, httpStatus: getHTTPStatusCodeFromError(told) },
    }
  },
})

const tellErrors = t.middleware(async ({ ctx, next }) => {
  const result = await next()
  if (!result.ok) throw trpcErrorOf(result.error, ctx.logError)
  return result
})

export const router = t.router
export const procedure = t.procedure.use(tellErrors)
