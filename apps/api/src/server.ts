// The HTTP face: tRPC under /trpc, a plain health route for probes, the dashboard everywhere else.
import fastifyCompress from '@fastify/compress'
import {
  type FastifyTRPCPluginOptions,
  fastifyRequestHandler,
  fastifyTRPCPlugin,
} from '@trpc/server/adapters/fastify'
import {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  fastify,
  LogController,
} from 'fastify'
import type { Logger } from 'pino'
import type { Auth, Visitor } from './auth/open-auth.ts'
import { serveAuth } from './auth/routes.ts'
import { codeOf, type ErrorLog, problemOf } from './errors.ts'
import { serveDashboard } from './http/dashboard.ts'
import { guardHost, guardMutations, sendSecurityHeaders } from './http/guard.ts'
import { serveOAuthCallback } from './http/oauth-callback.ts'
import { Origins } from './http/origins.ts'
import { serveQuotes } from './http/quotes-route.ts'
import { routeLiveQuotes } from './live/route.ts'
import type { LiveStreams } from './live/streams.ts'
import type { Mine } from './mine/mine.ts'
import type { OperationsReads } from './operations/report.ts'
import type { HealthReports, LiveQuotes, TapeReads } from './ports.ts'
import type { RoutedReads } from './routed/reports.ts'
import { type AppRouter, appRouter } from './router.ts'
import type { ApiContext, Meta, Scope } from './trpc.ts'
import type { Watchlists } from './watchlists/ports.ts'

export interface ServerDeps {
  quotes: LiveQuotes
  streams: LiveStreams
  health: HealthReports
  tape: TapeReads
  operations: OperationsReads
  routed: RoutedReads
  mine: Mine
  watchlists: Watchlists
  auth: Pick<Auth, 'sessionOf' | 'accounts' | 'door'>
  /** The address it will listen on; decides which Host names are taken. */
  host: string
  /** Where people reach it, when that is another address. */
  publicUrl?: string | undefined
  webDist: string
  log: Logger
}

/** A batched call carries all its procedure names and inputs in the URL. */
const PATH_PARAM_MAX = 5_000
const TRPC_PREFIX = '/trpc'
const HEADERS_MAX_BYTES = 64 * 1024
const BODY_MAX_BYTES = 256 * 1024
const BATCH_MAX = 20
const REQUEST_WITHIN_MS = 30_000

export async function buildServer(deps: ServerDeps): Promise<FastifyInstance> {
  const { quotes, streams, health, tape, operations, routed, mine, auth, webDist, log } = deps
  const origins = new Origins(deps.host, deps.publicUrl)
  const logError: ErrorLog = ({ id, error }) => log.error({ err: error, id }, 'unexpected error')
  const server = fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_MAX_BYTES,
    requestTimeout: REQUEST_WITHIN_MS,
    trustProxy: origins.isProxied ? 'loopback' : false,
    routerOptions: { maxParamLength: PATH_PARAM_MAX },
    http: { maxHeaderSize: HEADERS_MAX_BYTES },
  })
  guardHost(server, origins)
  guardMutations(server, origins)
  sendSecurityHeaders(server)
  answerErrors(server, logError)
  // Its default leaves text/event-stream alone: a compressor would hold events back.
  await server.register(fastifyCompress, { encodings: ['br', 'gzip'], globalDecompression: false })

  const visitorOf = async (request: FastifyRequest, reply: FastifyReply): Promise<Visitor> => {
    const visitor = await auth.sessionOf(request)
    // Once is enough, whoever asks first.
    if (visitor.cookies.length > 0) reply.header('set-cookie', visitor.cookies.splice(0))
    return visitor
  }
  const trpcOptions: FastifyTRPCPluginOptions<AppRouter>['trpcOptions'] = {
    router: appRouter,
    maxBatchSize: BATCH_MAX,
    responseMeta: ({ type, info, ctx }) => {
      if (type !== 'subscription' || !ctx) return {}
      const meta = info?.calls[0]?.procedure?._def.meta as Meta | undefined
      return { status: statusOfStream(ctx, meta?.scope) }
    },
    createContext: async ({ req, res }: { req: FastifyRequest; res: FastifyReply }) => {
      // A database that is away must not take along what anybody may ask, such as how we are.
      const visitor = visitorOf(req, res).then(
        ({ user, session }) => ({ user, session, unknownBecause: null }),
        (error: unknown) => ({ user: null, session: null, unknownBecause: error }),
      )
      return {
        ...(await visitor),
        quotes,
        health,
        tape,
        operations,
        routed,
        mine,
        watchlists: deps.watchlists,
        accounts: auth.accounts,
        origin: origins.originOf(req),
        isEventSource: req.headers.accept?.includes('text/event-stream') ?? false,
        logError,
        disconnect: () => req.raw.socket.destroy(),
      }
    },
  }
  await server.register(fastifyTRPCPlugin, { prefix: TRPC_PREFIX, trpcOptions })
  routeLiveQuotes(server, TRPC_PREFIX, {
    streams,
    visitorOf,
    logError,
    otherwise: (req, res, path) => fastifyRequestHandler({ ...trpcOptions, req, res, path }),
  })

  server.get('/api/health', async (_request, reply) => {
    const report = await health.read()
    return reply
      .code(report.ok ? 200 : 503)
      .header('cache-control', 'no-store')
      .send(report)
  })
  await serveAuth(server, { door: auth.door, origins, logError })
  serveOAuthCallback(server, {
    ...{ mine, visitorOf, logError },
    originOf: (request) => origins.originOf(request),
  })
  serveQuotes(server, { quotes: routed.held, sessionOf: auth.sessionOf })
  await serveDashboard(server, webDist)
  return server
}

/**
 * A stream that is refused says so in its first event, which is all that an EventSource lets its page read; whoever
 * else asks reads the status.
 */
function statusOfStream(
  { user, unknownBecause, isEventSource }: ApiContext,
  scope: Scope | undefined,
): number {
  if (user || isEventSource || scope === 'public') return 200
  return unknownBecause ? 503 : 401
}

/** Errors outside tRPC, told by the same switch. */
function answerErrors(server: FastifyInstance, logError: ErrorLog): void {
  server.setErrorHandler((error, _request, reply) => {
    const status = statusOf(error)
    if (status !== null && error instanceof Error) {
      return reply.code(status).send({ error: { code: 'BAD_REQUEST', message: error.message } })
    }
    const problem = problemOf(error, logError)
    const { trpc, http } = codeOf(problem.kind)
    return reply.code(http).send({ error: { code: trpc, message: problem.message } })
  })
}

/** Fastify's own complaints about a request (too large, not JSON) bear a status below 500. */
function statusOf(error: unknown): number | null {
  const status = (error as { statusCode?: unknown }).statusCode
  return typeof status === 'number' && status >= 400 && status < 500 ? status : null
}
