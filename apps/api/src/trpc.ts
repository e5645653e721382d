import { initTRPC } from '@trpc/server'
import { getHTTPStatusCodeFromError } from '@trpc/server/http'
import { TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc'
import type { Accounts, OwnSession, SignedIn } from './auth/ports.ts'
import { untilEnded } from './auth/until-ended.ts'
import { ApiProblem, type ErrorLog, trpcErrorOf } from './errors.ts'
import type { Mine } from './mine/mine.ts'
import type { OperationsReads } from './operations/report.ts'
import type { HealthReports, LiveQuotes, TapeReads } from './ports.ts'
import type { RoutedReads } from './routed/reports.ts'
import type { Watchlists } from './watchlists/ports.ts'

export interface ApiContext {
  quotes: LiveQuotes
  health: HealthReports
  tape: TapeReads
  operations: OperationsReads
  routed: RoutedReads
  mine: Mine
  watchlists: Watchlists
  accounts: Accounts
  /** Who is asking; null is nobody. In demo it is the demo user where nobody has signed in. */
  user: SignedIn | null
  /** By which session; null for nobody, and for the demo user. */
  session: OwnSession | null
  /** Why it could not be found out who is asking; null when it could. */
  unknownBecause: unknown
  /** Of this server as the caller's browser names it; null where a vendor may send nobody back to it. */
  origin: string | null
  /** It reads events alone: a status other than 200 tells its page nothing. */
  isEventSource: boolean
  logError: ErrorLog
  /** Cuts the caller's connection. */
  disconnect: () => void
}

/**
 * Whom a procedure answers and whose data it may touch; a procedure without one fails a test.
 *   public    anybody, also without a session
 *   tape      whoever is signed in: facts that are the same for all
 *   user      whoever is signed in: their own data alone
 *   operator  who runs this OneTape
 */
export type Scope = 'public' | 'tape' | 'user' | 'operator'

export interface Meta {
  scope: Scope
}

/** A comment line every 5 s; a browser that heard nothing for 15 s opens the stream anew. */
export const PING_INTERVAL_MS = 5_000
export const RECONNECT_AFTER_INACTIVITY_MS = 15_000

const t = initTRPC
  .context<ApiContext>()
  .meta<Meta>()
  .create({
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

/** Lets through who is signed in, and ends what they subscribed to together with their session. */
const signedIn = t.middleware(async ({ ctx, type, next }) => {
  const { user, session, unknownBecause } = ctx
  if (unknownBecause) throw unknownBecause
  if (!user) throw new ApiProblem('unauthorized', 'Sign in to see this.')
  const result = await next({ ctx: { user } })
  if (type !== 'subscription' || !session || !result.ok || !isAsyncIterable(result.data)) return result
  return { ...result, data: untilEnded(result.data, session) }
})

const operatorOnly = t.middleware(({ ctx, next }) => {
  if (ctx.user?.role !== 'operator') throw new ApiProblem('forbidden', 'Only an operator may do this.')
  return next()
})

const isAsyncIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value

const signedInProcedure = t.procedure.use(tellErrors).use(signedIn)

export const router = t.router
export const publicProcedure = t.procedure.use(tellErrors).meta({ scope: 'public' })
export const tapeProcedure = signedInProcedure.meta({ scope: 'tape' })
export const userProcedure = signedInProcedure.meta({ scope: 'user' })
export const operatorProcedure = signedInProcedure.use(operatorOnly).meta({ scope: 'operator' })
